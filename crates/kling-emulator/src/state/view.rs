//! The state as the page reads it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ledger::{Charge, Sum};
use super::log::Exchange;
use super::task::{Change, Task};
use crate::clock::RunningClock;
use crate::fault::{CATALOGUE, Phase};

/// The maximum number of recent tasks and charges that the page gets; the whole ledger has its own URL.
const MAX_SHOWN: usize = 200;

/// The maximum number of faults still to come that the page gets.
const MAX_PENDING: usize = 100;

/// The content of `GET /_emulator/state` and of each event.
#[derive(Debug, Serialize)]
pub(crate) struct State<'s> {
    version: u32,
    clock: ClockView,
    requests: Vec<&'s Exchange>,
    tasks: Vec<TaskView<'s>>,
    ledger: LedgerView<'s>,
    faults: FaultsView,
}

#[derive(Debug, Serialize)]
struct ClockView {
    mode: &'static str,
    speed: f64,
    now_ms: u64,
}

#[derive(Debug, Serialize)]
struct TaskView<'s> {
    id: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_business_id: Option<&'s str>,
    model: &'s str,
    status: &'static str,
    progress: u8,
    created_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    spec: &'s str,
    seconds: u32,
    width: u32,
    height: u32,
    sound: bool,
    prompt: &'s str,
    timeline: Vec<Change>,
}

#[derive(Debug, Serialize)]
struct LedgerView<'s> {
    charges: usize,
    double_charges: u64,
    repeated_requests: u64,
    entries: &'s [Charge],
    per_spec: &'s BTreeMap<String, Sum>,
}

#[derive(Debug, Serialize)]
struct FaultsView {
    pending: Vec<PendingView>,
    /// How many more are waiting.
    more: usize,
    catalogue: Vec<KindView>,
}

#[derive(Debug, Serialize)]
struct PendingView {
    phase: &'static str,
    name: String,
    /// `None`: without end.
    remaining: Option<u32>,
}

#[derive(Debug, Serialize)]
struct KindView {
    name: &'static str,
    phase: &'static str,
    about: &'static str,
}

impl<'s> State<'s> {
    pub(crate) fn of(state: &'s super::State, clock: &RunningClock, url: &str) -> Self {
        let now_ms = clock.now_ms();
        let charges = state.ledger.charges();
        let skipped = state.tasks.len().saturating_sub(MAX_SHOWN);
        Self {
            version: 1,
            clock: ClockView {
                mode: clock.name(),
                speed: clock.speed(),
                now_ms,
            },
            requests: state.log.iter().collect(),
            tasks: state
                .tasks
                .iter()
                .skip(skipped)
                .map(|task| TaskView::of(task, now_ms, url))
                .collect(),
            ledger: LedgerView {
                charges: charges.len(),
                double_charges: state.ledger.double_charges(),
                repeated_requests: state.ledger.repeated_requests(),
                entries: &charges[charges.len().saturating_sub(MAX_SHOWN)..],
                per_spec: state.ledger.per_spec(),
            },
            faults: FaultsView {
                pending: pending(state),
                more: state.plan.pending().len().saturating_sub(MAX_PENDING),
                catalogue: catalogue(),
            },
        }
    }
}

impl<'s> TaskView<'s> {
    fn of(task: &'s Task, now_ms: u64, url: &str) -> Self {
        let status = task.status(now_ms);
        Self {
            id: &task.id,
            client_business_id: task.client_business_id.as_deref(),
            model: &task.model,
            status: status.status,
            progress: status.progress,
            created_at: task.created_at(),
            completed_at: task.completed_at(now_ms),
            expires_at: task.expires_at(now_ms),
            url: task
                .is_completed(now_ms)
                .then(|| format!("{url}{}", task.video_path(task.expiry()))),
            spec: &task.spec,
            seconds: task.video.seconds,
            width: task.video.width,
            height: task.video.height,
            sound: task.video.sound,
            prompt: &task.prompt,
            timeline: task.timeline(now_ms),
        }
    }
}

fn pending(state: &super::State) -> Vec<PendingView> {
    let view = |pending: &crate::fault::Pending| PendingView {
        phase: pending.fault.phase.name(),
        name: pending
            .fault
            .shown()
            .split_once(':')
            .map_or_else(String::new, |(_, name)| name.to_owned()),
        remaining: pending.remaining,
    };
    let first = state.plan.pending().iter().take(MAX_PENDING);
    first.map(view).collect()
}

/// One entry for each kind and phase.
fn catalogue() -> Vec<KindView> {
    let each = |phase: Phase| {
        let of_phase = move |kind: &&crate::fault::FaultKind| kind.phases.contains(&phase);
        CATALOGUE.iter().filter(of_phase).map(move |kind| KindView {
            name: kind.name,
            phase: phase.name(),
            about: kind.about,
        })
    };
    Phase::ALL.into_iter().flat_map(each).collect()
}
