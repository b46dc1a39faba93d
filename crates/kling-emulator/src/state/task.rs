//! One job: its state is a function of the time.

use serde::Serialize;

use crate::check::Order;
use crate::clock::milliseconds;
use crate::limits::Pace;
use crate::mp4;

/// The longest part of a prompt that is shown on the page, in characters.
const SHOWN_PROMPT: usize = 500;

/// A prompt with this mark creates a job that fails; the code of the error may follow after `=`.
const FAIL_MARK: &str = "[emulator: fail";

/// The length of a video if the request does not specify it, as when a video is edited.
const DEFAULT_SECONDS: u32 = 5;

/// The maximum ratio of a video's long side to its short side.
const MAX_STRETCH: u32 = 4;

/// How a job ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TaskOutcome {
    Completed,
    /// With the code of the error.
    Failed(String),
    Never,
}

/// When a job begins, is worked on, and ends, and when its video expires: milliseconds of Unix time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Phases {
    created: u64,
    started: u64,
    ended: u64,
    expires: u64,
}

impl Phases {
    pub(crate) fn plan(
        now_ms: u64,
        pace: &Pace,
        seconds: u32,
        slowness: u32,
        lifetime_ms: u64,
    ) -> Self {
        let slowness = u64::from(slowness.max(1));
        let queued = milliseconds(pace.queued).saturating_mul(slowness);
        let work = milliseconds(pace.each_second)
            .saturating_mul(u64::from(seconds))
            .saturating_add(milliseconds(pace.base))
            .saturating_mul(slowness);
        let started = now_ms.saturating_add(queued);
        let ended = started.saturating_add(work);
        Self {
            created: now_ms,
            started,
            ended,
            expires: ended.saturating_add(lifetime_ms),
        }
    }
}

/// A job that was charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) client_business_id: Option<String>,
    pub(crate) model: String,
    pub(crate) prompt: String,
    pub(crate) spec: String,
    /// The seconds that are charged, if the request specifies them.
    pub(crate) billed_seconds: Option<u32>,
    pub(crate) video: mp4::Video,
    /// Identifies the video in its URL.
    pub(crate) token: String,
    pub(crate) outcome: TaskOutcome,
    pub(crate) phases: Phases,
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaskStatus {
    pub(crate) status: &'static str,
    /// Per cent.
    pub(crate) progress: u8,
}

/// A change of the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    status: &'static str,
    at_ms: u64,
}

impl Task {
    /// Returns the state at a moment.
    pub(crate) fn status(&self, now_ms: u64) -> TaskStatus {
        let at = |status, progress| TaskStatus { status, progress };
        if now_ms < self.phases.started {
            return at("queued", 0);
        }
        let ran = now_ms - self.phases.started;
        let whole = (self.phases.ended - self.phases.started).max(1);
        let rising = u8::try_from(ran.saturating_mul(100) / whole)
            .unwrap_or(100)
            .min(99);
        match &self.outcome {
            TaskOutcome::Never => at("in_progress", rising),
            TaskOutcome::Completed | TaskOutcome::Failed(_) if now_ms < self.phases.ended => {
                at("in_progress", rising)
            }
            TaskOutcome::Completed => at("completed", 100),
            TaskOutcome::Failed(_) => at("failed", 0),
        }
    }

    /// Returns the statuses it has had.
    pub(crate) fn timeline(&self, now_ms: u64) -> Vec<Change> {
        let mut changes = vec![Change {
            status: "queued",
            at_ms: self.phases.created,
        }];
        if now_ms >= self.phases.started {
            changes.push(Change {
                status: "in_progress",
                at_ms: self.phases.started,
            });
        }
        if let Some(ended_ms) = self.ended_ms(now_ms) {
            changes.push(Change {
                status: self.status(now_ms).status,
                at_ms: ended_ms,
            });
        }
        changes
    }

    /// Seconds of Unix time.
    pub(crate) const fn created_at(&self) -> u64 {
        self.phases.created / 1000
    }

    /// Seconds of Unix time, once it was completed.
    pub(crate) fn completed_at(&self, now_ms: u64) -> Option<u64> {
        self.is_completed(now_ms)
            .then_some(self.phases.ended / 1000)
    }

    /// Seconds of Unix time, once it was completed.
    pub(crate) fn expires_at(&self, now_ms: u64) -> Option<u64> {
        self.is_completed(now_ms).then(|| self.expiry())
    }

    /// Returns when its URL expires, in seconds of Unix time.
    pub(crate) const fn expiry(&self) -> u64 {
        self.phases.expires / 1000
    }

    pub(crate) fn is_completed(&self, now_ms: u64) -> bool {
        self.outcome == TaskOutcome::Completed && now_ms >= self.phases.ended
    }

    /// Returns when it ended, if it has.
    pub(crate) fn ended_ms(&self, now_ms: u64) -> Option<u64> {
        (self.outcome != TaskOutcome::Never && now_ms >= self.phases.ended)
            .then_some(self.phases.ended)
    }

    /// Whether it has failed, and so costs nothing in the editions that say what a task costs.
    pub(crate) fn is_failed(&self, now_ms: u64) -> bool {
        matches!(self.outcome, TaskOutcome::Failed(_)) && now_ms >= self.phases.ended
    }

    /// Returns the path of its video, with a query that says until when it can be fetched.
    pub(crate) fn video_path(&self, expires: u64) -> String {
        let signature = self.signature(expires);
        format!(
            "/files/videos/{}.mp4?expires={expires}&signature={signature}",
            self.token
        )
    }

    /// Returns the signature that a URL with this expiry must have.
    pub(crate) fn signature(&self, expires: u64) -> String {
        crate::random::hash(format!("{}:{}:{expires}", self.token, self.id).as_bytes())
    }
}

/// Returns how the job for a prompt ends unless a fault decides otherwise.
pub(crate) fn outcome_of(prompt: &str) -> TaskOutcome {
    let Some((_, rest)) = prompt.split_once(FAIL_MARK) else {
        return TaskOutcome::Completed;
    };
    let code = rest
        .strip_prefix('=')
        .and_then(|rest| rest.split_once(']'))
        .map(|(code, _)| code)
        .filter(|code| !code.is_empty() && code.len() <= 64);
    TaskOutcome::Failed(code.unwrap_or("generation_failed").to_owned())
}

/// Returns the part of a prompt that is shown on the page.
pub(crate) fn shortened_prompt(prompt: &str) -> String {
    prompt.chars().take(SHOWN_PROMPT).collect()
}

/// Returns the video for an order.
///
/// The short side is that of the billing resolution; the long side follows from the ratio, is even, and at most four
/// times the short side.
pub(crate) fn video_of(order: &Order) -> mp4::Video {
    let (width, height) = order.ratio.map_or((16, 9), |(width, height)| {
        (u32::from(width.max(1)), u32::from(height.max(1)))
    });
    let side = order.short_side.unwrap_or(720);
    let short = side.max(2) / 2 * 2;
    let (most, least) = (width.max(height), width.min(height));
    let long = (u64::from(short) * u64::from(most) + u64::from(least) / 2) / u64::from(least);
    let long = u32::try_from(long)
        .unwrap_or(u32::MAX)
        .min(short * MAX_STRETCH);
    let long = long.next_multiple_of(2).max(short);
    let (width, height) = if width >= height {
        (long, short)
    } else {
        (short, long)
    };
    mp4::Video {
        seconds: order
            .seconds
            .unwrap_or(DEFAULT_SECONDS)
            .clamp(*mp4::SECONDS.start(), *mp4::SECONDS.end()),
        width: width.min(*mp4::SIDE.end()),
        height: height.min(*mp4::SIDE.end()),
        sound: order.sound,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn order(ratio: Option<(u16, u16)>, short_side: Option<u32>) -> Order {
        Order {
            model: "m".to_owned(),
            prompt: String::new(),
            client_business_id: None,
            body_hash: String::new(),
            request_hash: String::new(),
            spec: None,
            billed_seconds: None,
            seconds: None,
            ratio,
            short_side,
            sound: false,
        }
    }

    fn task(outcome: TaskOutcome) -> Task {
        let pace = Pace {
            queued: Duration::from_secs(1),
            base: Duration::from_secs(10),
            each_second: Duration::ZERO,
        };
        Task {
            id: "t".to_owned(),
            client_business_id: None,
            model: "m".to_owned(),
            prompt: String::new(),
            spec: "720P".to_owned(),
            billed_seconds: Some(5),
            video: video_of(&order(None, None)),
            token: "v".to_owned(),
            outcome,
            phases: Phases::plan(5000, &pace, 5, 1, 1000),
        }
    }

    #[test]
    fn a_job_goes_from_queued_to_its_end() {
        let task = task(TaskOutcome::Completed);
        let status_at = |now_ms| {
            let status = task.status(now_ms);
            (status.status, status.progress)
        };
        assert_eq!(status_at(5000), ("queued", 0));
        assert_eq!(status_at(6000), ("in_progress", 0));
        assert_eq!(status_at(11_000), ("in_progress", 50));
        assert_eq!(status_at(15_999), ("in_progress", 99));
        assert_eq!(status_at(16_000), ("completed", 100));
        assert_eq!(task.timeline(16_000).len(), 3);
        assert_eq!(
            (task.completed_at(15_999), task.completed_at(16_000)),
            (None, Some(16))
        );
        assert_eq!(task.expires_at(20_000), Some(17));
    }

    #[test]
    fn jobs_that_fail_and_jobs_that_never_end() {
        assert_eq!(
            task(TaskOutcome::Failed("x".to_owned()))
                .status(16_000)
                .status,
            "failed"
        );
        let stalled = task(TaskOutcome::Never).status(u64::MAX);
        assert_eq!((stalled.status, stalled.progress), ("in_progress", 99));
        assert_eq!(task(TaskOutcome::Never).timeline(u64::MAX).len(), 2);
    }

    #[test]
    fn a_prompt_can_ask_for_a_failure() {
        assert_eq!(outcome_of("a boat"), TaskOutcome::Completed);
        assert_eq!(
            outcome_of("[emulator: fail]"),
            TaskOutcome::Failed("generation_failed".to_owned())
        );
        assert_eq!(
            outcome_of("a [emulator: fail=nsfw] b"),
            TaskOutcome::Failed("nsfw".to_owned())
        );
    }

    #[test]
    fn sides_of_videos() {
        let sides = |ratio, side| {
            let video = video_of(&order(ratio, side));
            (video.width, video.height)
        };
        assert_eq!(sides(None, None), (1280, 720));
        assert_eq!(sides(Some((16, 9)), Some(1080)), (1920, 1080));
        assert_eq!(sides(Some((9, 16)), Some(720)), (720, 1280));
        assert_eq!(sides(Some((1, 1)), Some(720)), (720, 720));
        assert_eq!(sides(Some((4, 3)), Some(1080)), (1440, 1080));
        assert_eq!(sides(Some((21, 9)), Some(720)), (1680, 720));
        assert_eq!(sides(Some((9999, 1)), Some(720)), (2880, 720));
        assert_eq!(sides(Some((1, 9999)), Some(1080)), (1080, 4320));
    }
}
