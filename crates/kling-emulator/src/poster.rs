//! The poster of a video, shown before it is played: a picture that says which task it is.

use std::fmt::Write as _;

use kling_text::is_plain;

use crate::state::Task;

/// The short side of a picture, in its own units; texts have the same size in every video.
const SHORT_SIDE: u32 = 240;

/// The margin around the texts.
const MARGIN: u32 = 18;

/// The height that a player's controls cover at the bottom.
const CONTROLS: u32 = 48;

/// A kind of text: its class, its size, and its maximum number of lines.
struct Style {
    class: &'static str,
    size: u32,
    lines: usize,
}

const TITLE: Style = Style {
    class: "id",
    size: 17,
    lines: 4,
};
const FACTS: Style = Style {
    class: "facts",
    size: 14,
    lines: 3,
};
const PROMPT: Style = Style {
    class: "prompt",
    size: 15,
    lines: 8,
};

/// The colours are the same in light and dark mode, since this is the picture of a video.
const LOOK: &str = "<style>text{font-family:system-ui,sans-serif;fill:#e8ecf2}\
    .id{font-family:ui-monospace,Menlo,Consolas,monospace;font-weight:700}\
    .facts{fill:#a9b8cc}</style>\
    <defs><linearGradient id=\"g\" x2=\"1\" y2=\"1\"><stop stop-color=\"#24486f\"/>\
    <stop offset=\"1\" stop-color=\"#16202e\"/></linearGradient></defs>\
    <rect width=\"100%\" height=\"100%\" fill=\"url(#g)\"/>";

/// Draws the picture of a task, as SVG.
pub(crate) fn draw(task: &Task) -> String {
    let video = &task.video;
    let short = video.width.min(video.height).max(1);
    let mut picture = Picture {
        width: video.width * SHORT_SIDE / short,
        height: video.height * SHORT_SIDE / short,
        y: MARGIN,
        texts: String::new(),
    };
    picture.text(&task.id, &TITLE);
    let sound = if video.sound {
        "with sound"
    } else {
        "no sound"
    };
    let facts = format!(
        "{} · {} · {} s · {} × {} · {sound}",
        task.model, task.spec, video.seconds, video.width, video.height
    );
    picture.text(&facts, &FACTS);
    picture.text(&task.prompt, &PROMPT);
    let Picture {
        width,
        height,
        texts,
        ..
    } = picture;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">{LOOK}{texts}</svg>\n"
    )
}

struct Picture {
    width: u32,
    height: u32,
    /// The position of the next line.
    y: u32,
    texts: String,
}

impl Picture {
    /// Writes a text in as many lines as there is room for.
    fn text(&mut self, text: &str, style: &Style) {
        let step = style.size * 13 / 10;
        let room = self.height.saturating_sub(self.y + CONTROLS) / step;
        let most = style.lines.min(usize::try_from(room).unwrap_or_default());
        for line in wrapped(text, (self.width - 2 * MARGIN) * 10 / style.size, most) {
            let (class, size, y) = (style.class, style.size, self.y + style.size);
            write!(
                self.texts,
                "<text class=\"{class}\" x=\"{MARGIN}\" y=\"{y}\" font-size=\"{size}\">{}</text>",
                escaped(&line)
            )
            .expect("writing to a String cannot fail");
            self.y += step;
        }
        self.y += style.size / 2;
    }
}

/// Breaks a text into lines of at most `room` tenths of the font size; the last one shows if there is more.
fn wrapped(text: &str, room: u32, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_inclusive([' ', '·', '\n']) {
        let length: u32 = word.chars().map(width).sum();
        let mut begins = used > 0 && used + length > room && length <= room;
        for character in word.chars() {
            if begins || used + width(character) > room {
                lines.push(String::new());
                used = 0;
                begins = false;
            }
            if let Some(line) = lines.last_mut() {
                line.push(character);
            }
            used += width(character);
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.pop();
            last.push('…');
        }
    }
    lines
}

/// The approximate width of a character, in tenths of the font size.
const fn width(character: char) -> u32 {
    if character.is_ascii() { 6 } else { 10 }
}

/// Escapes the text for XML; characters without a visible form become blanks.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            character if is_plain(character) => escaped.push(character),
            _ => escaped.push(' '),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Pace;
    use crate::mp4::Video;
    use crate::state::{Phases, TaskOutcome};

    fn task(id: &str, prompt: &str, width: u32, height: u32) -> Task {
        Task {
            id: id.to_owned(),
            client_business_id: None,
            model: "kling-v3".to_owned(),
            prompt: prompt.to_owned(),
            spec: "720P".to_owned(),
            billed_seconds: None,
            video: Video {
                seconds: 5,
                width,
                height,
                sound: false,
            },
            token: String::new(),
            outcome: TaskOutcome::Completed,
            phases: Phases::plan(0, &Pace::default(), 5, 1, 0),
        }
    }

    /// The texts of a class, as a reader sees them.
    fn texts(svg: &str, class: &str) -> String {
        let begin = format!("<text class=\"{class}\"");
        let parts = svg.split(&begin).skip(1);
        let texts = parts.map(|part| part.split_once('>').unwrap().1.split_once('<').unwrap().0);
        texts.collect()
    }

    #[test]
    fn a_picture_of_any_form_says_which_task_it_is_of() {
        let id = "video_0123456789ABCDEFGHJKMNPQRS";
        let prompt = "a boat on a quiet lake at dawn. ".repeat(60);
        for (width, height) in [
            (1280, 720),
            (720, 1280),
            (720, 720),
            (2880, 720),
            (1080, 4320),
        ] {
            let svg = draw(&task(id, &prompt, width, height));
            assert_eq!(texts(&svg, "id"), id);
            assert!(texts(&svg, "facts").starts_with("kling-v3 · 720P · 5 s"));
            assert!(texts(&svg, "prompt").starts_with("a boat on a quiet lake"));
            assert!(texts(&svg, "prompt").ends_with('…'));
        }
    }

    #[test]
    fn what_a_client_wrote_is_text() {
        let hostile = "</text><script>alert(1)</script> & \u{202e}\u{0}\u{1b}\u{ffff} ]]> 船";
        let svg = draw(&task("../..\\video ?#%2F\u{e9}.", hostile, 1280, 720));
        assert!(!svg.contains("<script") && !svg.contains("</text><s"));
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        assert!(
            svg.chars()
                .all(|character| character == '\n' || is_plain(character))
        );
        let read = texts(&svg, "prompt");
        assert_eq!(
            read.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
            "&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; ]]&gt; 船"
        );
    }

    #[test]
    fn words_are_kept_whole_where_they_fit() {
        assert_eq!(wrapped("one two three", 48, 9), ["one two ", "three"]);
        assert_eq!(wrapped("abcdefghij", 24, 9), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("abcdefghij", 24, 2), ["abcd", "efg…"]);
        assert!(wrapped("abc", 24, 0).is_empty());
    }
}
