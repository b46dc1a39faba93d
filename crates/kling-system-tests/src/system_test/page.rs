//! The emulator's page works in a browser: it shows what a client does as it happens, plays the videos, and makes the
//! next call fail, all with the keyboard alone.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use kling_emulator::{Clock, Emulator};
use serde_json::{Value, json};
use xtask::failure::{Failure, Result};

use super::browser::Browser;

/// How long the emulator may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// More presses of Tab than the page has stops.
const MAX_STOPS: usize = 60;
/// A request with a finding at the number, after a character of three bytes.
const WRONG: &str = r#"{"model": "kling-v3", "prompt": "a boat, 船", "duration": 7}"#;
/// A request that is accepted and charged.
const RIGHT: &str =
    r#"{"model": "kling-v3", "prompt": "a boat at dawn", "duration": 5, "aspect_ratio": "16:9"}"#;
/// A request that would do harm if its text were interpreted as anything else.
const HOSTILE: &str = concat!(
    r#"{"model": "kling-v3", "prompt": "<img src=x onerror=alert(1)> "#,
    "\u{202e}",
    r#"<script>alert(1)</script>"}"#
);

/// Starts an emulator and a browser, and goes through the actions of a user.
///
/// # Errors
/// The page does not show or do what it should, or something could not be run.
pub(super) fn test(_root: &Path) -> Result<String> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::new(format!("no runtime: {error}")))?;
    let starting = Emulator::builder().clock(Clock::manual()).start();
    let emulator = runtime
        .block_on(starting)
        .map_err(|error| Failure::new(format!("the emulator does not start: {error}")))?;
    let mut page = Page {
        browser: Browser::start()?,
        url: emulator.url().to_owned(),
        checks: 0,
    };
    page.browser.open(&page.url.clone())?;
    page.until("it is live", r#"by("connection").dataset.state === "live""#)?;
    page.a_finding_is_printed_under_its_place()?;
    page.a_task_is_watched_to_its_video()?;
    page.the_next_submit_fails()?;
    page.a_double_charge_is_marked()?;
    page.hostile_text_is_text()?;
    page.a_long_line_is_laid_out()?;
    page.everything_has_a_name_and_room()?;
    page.every_text_can_be_read()?;
    let complaints = page.browser.complaints()?;
    if !complaints.is_empty() {
        return Err(Failure::new(format!(
            "the browser complains: {complaints:?}"
        )));
    }
    page.markup_is_refused()?;
    runtime.block_on(emulator.shutdown());
    page.until(
        "it says that the emulator is gone",
        r#"by("connection").dataset.state === "lost""#,
    )?;
    Ok(format!("{} things seen, no complaint", page.checks))
}

/// The page in the browser, and the emulator behind it.
struct Page {
    browser: Browser,
    url: String,
    checks: u32,
}

impl Page {
    /// Waits until an expression is true; if there is nothing to wait for, it is true at once.
    fn until(&mut self, what: &str, expression: &str) -> Result<()> {
        let waiting = format!(
            "new Promise((done, fail) => {{
               const by = (id) => document.getElementById(id);
               const all = (selector) => [...document.querySelectorAll(selector)];
               const texts = (selector) => all(selector).map((found) => found.textContent);
               const end = performance.now() + 20000;
               const look = () => {{
                 if ({expression}) done();
                 else if (performance.now() < end) setTimeout(look, 20);
                 else fail(new Error('not within 20 s'));
               }};
               look();
             }})"
        );
        self.checks += 1;
        self.browser
            .evaluate(&waiting)
            .map(|_| ())
            .map_err(|_| Failure::new(format!("the page: not so within 20 s: {what}")))
    }

    /// Sends the body of a submit, as a client would; returns the status.
    fn submit(&self, body: &str) -> Result<u16> {
        let address = self.url.trim_start_matches("http://");
        let failed = |error| Failure::new(format!("the emulator at {address}: {error}"));
        let mut stream = TcpStream::connect(address).map_err(failed)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        let head = format!(
            "POST /v1/videos/generations HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).map_err(failed)?;
        stream.write_all(body.as_bytes()).map_err(failed)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(failed)?;
        let answer = String::from_utf8_lossy(&answer);
        let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
        status.ok_or_else(|| Failure::new("the emulator's answer has no status"))
    }

    fn submit_expecting(&self, body: &str, status: u16) -> Result<()> {
        match self.submit(body)? {
            found if found == status => Ok(()),
            found => Err(Failure::new(format!(
                "status {status} was expected for {body}, not {found}"
            ))),
        }
    }

    /// Presses Tab until the focus is on the element. The focus must be visible at every stop.
    fn tab_to(&mut self, selector: &str) -> Result<()> {
        for _ in 0..MAX_STOPS {
            self.browser.press("Tab", 9, "")?;
            let seen = self.browser.evaluate(FOCUS)?;
            if seen["visible"] != true {
                return Err(Failure::new(format!("the focus is not seen: {seen}")));
            }
            self.checks += 1;
            let there = format!("document.activeElement.matches({})", json!(selector));
            if self.browser.evaluate(&there)? == true {
                return Ok(());
            }
        }
        Err(Failure::new(format!("Tab does not come to {selector}")))
    }

    /// Presses an arrow key until the focus is on the element.
    fn arrow_to(&mut self, selector: &str) -> Result<()> {
        let there = format!("document.activeElement.matches({})", json!(selector));
        for _ in 0..100 {
            if self.browser.evaluate(&there)? == true {
                return Ok(());
            }
            self.browser.press("ArrowRight", 39, "")?;
        }
        Err(Failure::new(format!(
            "the arrow keys do not come to {selector}"
        )))
    }

    fn a_finding_is_printed_under_its_place(&mut self) -> Result<()> {
        self.submit_expecting(WRONG, 400)?;
        self.until(
            "the request is there with its finding",
            r#"texts(".finding .rule")[0] === "wrong-value" && texts(".badge.bad")[0] === "400""#,
        )?;
        self.until(
            "the number is marked",
            r#"texts("mark.error").join() === "7""#,
        )?;
        self.until(
            "the finding is below its line",
            r#"all("mark.error")[0].closest(".row").nextElementSibling === all(".finding")[0]"#,
        )?;
        self.until(
            "a request with a finding is open, and told to whoever listens",
            r#"all("details.request")[0].open && by("news").textContent.includes("400, 1 finding")"#,
        )
    }

    fn a_task_is_watched_to_its_video(&mut self) -> Result<()> {
        self.submit_expecting(RIGHT, 200)?;
        self.until("the task waits", r#"texts(".task .badge")[0] === "queued""#)?;
        self.tab_to("#clock-advance button")?;
        self.browser.press("ArrowRight", 39, "")?;
        self.browser.press("ArrowRight", 39, "")?;
        // Ten seconds first, then enough for everything.
        self.browser.press("Enter", 13, "\r")?;
        self.until(
            "the task is worked on",
            r#"texts(".task .badge")[0] === "in_progress" && all("progress")[0].value > 0"#,
        )?;
        self.until(
            "the focus stays where it was",
            r#"document.activeElement.dataset.advance === "10000""#,
        )?;
        self.arrow_to(r#"[data-advance="600000"]"#)?;
        self.browser.press("Enter", 13, "\r")?;
        self.until(
            "the task is completed",
            r#"texts(".task .badge")[0] === "completed""#,
        )?;
        self.until(
            "its timeline is there",
            r#"texts(".timeline .word").join() === "queued,in_progress,completed""#,
        )?;
        self.browser.evaluate(
            r#"fetch(document.querySelector(".film video").poster)
                 .then((answer) => answer.text()).then((text) => { poster = text; return 0; })"#,
        )?;
        self.until(
            "its picture says which task it is of",
            r#"poster.includes("a boat at dawn") && poster.includes(texts(".task .id")[0])"#,
        )?;
        self.until(
            "the video plays",
            r#"(() => {
                const film = all(".film video")[0];
                return film && !film.error && film.currentTime > 0.3
                  && film.videoWidth === film.width && film.duration === 5;
            })()"#,
        )?;
        self.browser.evaluate(
            r#"film = document.querySelector(".film video"),
                   film.addEventListener("ended", () => film.dataset.ended = "yes"), 0"#,
        )?;
        self.until(
            "one charge, and no double one",
            r##"by("charges").textContent === "1" && by("doubles").textContent === "0"
               && all("#entries tr").length === 1"##,
        )
    }

    fn the_next_submit_fails(&mut self) -> Result<()> {
        self.tab_to("#fault-value")?;
        let value = json!({"text": "503"});
        self.browser.call("Input.insertText", &value)?;
        self.tab_to("#catalogue button")?;
        self.arrow_to(r#"[data-fault="submit:status"]"#)?;
        self.browser.press("Enter", 13, "\r")?;
        self.until(
            "the fault waits",
            r##"texts("#pending li").join() === "next submit: status=503""##,
        )?;
        self.until(
            "the focus stays where it was",
            r#"document.activeElement.dataset.fault === "submit:status""#,
        )?;
        self.submit_expecting(r#"{"model": "kling-v3", "prompt": "a bridge"}"#, 503)?;
        self.until(
            "the request shows its fault",
            r##"texts(".badge.fault").join().startsWith("fault submit:status=503")
               && all("#pending li").length === 0"##,
        )?;
        self.until(
            "the video went on playing all the while",
            "film.isConnected && (film.dataset.ended || film.currentTime > 0.5)",
        )
    }

    fn a_double_charge_is_marked(&mut self) -> Result<()> {
        self.submit_expecting(RIGHT, 200)?;
        self.until(
            "the double charge is marked and told",
            r##"by("doubles").textContent === "1" && all("#entries tr.wrong").length === 1
               && texts("#entries .why")[0].includes("same body")
               && by("news").textContent.includes("Double charge")"##,
        )
    }

    fn hostile_text_is_text(&mut self) -> Result<()> {
        self.submit(HOSTILE)?;
        self.until(
            "the text is shown, what is invisible in it too",
            r#"texts(".prompt")[0].includes("<img src=x onerror=alert(1)> ⟨U+202E⟩<script>")"#,
        )?;
        self.until(
            "nothing of it is an element",
            r#"all("img, body script").length === 0"#,
        )
    }

    /// A body in one line of 2 KB: each finding is below the line that it is about, and on the screen.
    fn a_long_line_is_laid_out(&mut self) -> Result<()> {
        let prompt = "a paper boat on a pond; ".repeat(80);
        let body = format!(
            r#"{{"model":"kling-v3","prompt":"{prompt}","duration":7,"aspect_ratio":"5:4"}}"#
        );
        self.submit_expecting(&body, 400)?;
        for width in [400, 1280] {
            self.resize(width)?;
            self.until(
                "each finding of a long line is below its own line",
                r#"(() => {
                    const body = all(".body").find((part) => part.textContent.includes("5:4"));
                    if (!body) return false;
                    const marks = [...body.querySelectorAll("mark")];
                    const isSeen = (part) => {
                      const box = part.getBoundingClientRect();
                      return box.width > 0 && box.left >= 0 && box.right <= innerWidth;
                    };
                    const isBelow = (mark) => {
                      const finding = mark.closest(".row").nextElementSibling;
                      return finding.matches(".finding") && isSeen(mark) && isSeen(finding);
                    };
                    return body.querySelectorAll(".row").length >= 6
                      && marks.map((mark) => mark.textContent).join() === '7,"5:4"'
                      && marks.every(isBelow);
                })()"#,
            )?;
        }
        Ok(())
    }

    /// The policy works even where the scripts would not.
    fn markup_is_refused(&mut self) -> Result<()> {
        self.until(
            "no text becomes elements",
            r#"(() => {
                try { document.createElement("p").innerHTML = "<b>x</b>"; return false; }
                catch (error) { return error instanceof TypeError; }
            })()"#,
        )
    }

    /// Every control has a name, and nothing is wider than a narrow screen.
    fn everything_has_a_name_and_room(&mut self) -> Result<()> {
        let tree = self
            .browser
            .call("Accessibility.getFullAXTree", &json!({}))?;
        let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
        let used = |node: &&Value| {
            let role = node["role"]["value"].as_str().unwrap_or_default();
            [
                "button",
                "link",
                "textbox",
                "checkbox",
                "radio",
                "progressindicator",
            ]
            .contains(&role)
        };
        let nodes: Vec<&Value> = nodes.iter().filter(used).collect();
        let nameless = |node: &&Value| node["name"]["value"].as_str().is_none_or(str::is_empty);
        if nodes.len() < 20 || nodes.iter().any(nameless) {
            let nameless = nodes.iter().find(|node| nameless(node));
            return Err(Failure::new(format!(
                "{} things to use; without a name: {nameless:?}",
                nodes.len()
            )));
        }
        self.until(
            "no back-tick is left in what the emulator says",
            r#"texts(".what, .note, .about, .problem, h2, dt, th").every((text) => !text.includes("`"))
               && all(".finding code, .about code").length > 0"#,
        )?;
        for width in [320, 400, 800, 1280, 1600] {
            self.resize(width)?;
            self.until(
                "nothing is wider than the screen",
                r#"document.documentElement.scrollWidth <= innerWidth
                   && all(".scroll, .body, .list").every((part) => part.scrollWidth <= part.clientWidth)"#,
            )?;
            self.until(
                "the ledger is on the first screen",
                r#"scrollTo(0, 0), by("charges").getBoundingClientRect().bottom < innerHeight"#,
            )?;
        }
        Ok(())
    }

    fn resize(&mut self, width: u32) -> Result<()> {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        let set = "Emulation.setDeviceMetricsOverride";
        self.browser.call(set, &size).map(|_| ())
    }

    /// By day and by night, on a narrow and on a wide screen.
    fn every_text_can_be_read(&mut self) -> Result<()> {
        self.browser.evaluate(CONTRAST)?;
        for (scheme, ground) in [("dark", "< 0.05"), ("light", "> 0.8")] {
            let feature = json!({"name": "prefers-color-scheme", "value": scheme});
            let media = json!({"features": [feature]});
            self.browser.call("Emulation.setEmulatedMedia", &media)?;
            for width in [400, 1280] {
                self.resize(width)?;
                self.until(
                    &format!("the ground is {scheme}"),
                    &format!("luminance(groundOf(document.body)) {ground}"),
                )?;
                // Colours that fade into each other have some time for it.
                let readable = self.until(
                    "every text stands out from its ground",
                    "shownTexts().length > 100 && faintTexts().length === 0",
                );
                if let Err(failure) = readable {
                    let faint = self.browser.evaluate("faintTexts()")?;
                    return Err(Failure::new(format!(
                        "{failure}, {scheme}, {width} wide: {faint}"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// Defines functions that measure the contrast of each text with what it is on, as the WCAG do.
const CONTRAST: &str = r#"(() => {
  // A computed colour as red, green, blue, from 0 to 1, and opacity.
  const parts = (colour) => {
    const [red, green, blue, opacity = 1] = colour.match(/[\d.]+(e-\d+)?/g).map(Number);
    const most = colour.startsWith("rgb") ? 255 : 1;
    return [red / most, green / most, blue / most, opacity];
  };
  const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3]));
  const styleOf = (element) => getComputedStyle(element);
  globalThis.luminance = (colour) => {
    const [red, green, blue] = colour.map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  globalThis.groundOf = (element) => {
    const behind = element.parentElement ? groundOf(element.parentElement) : [1, 1, 1];
    return over(parts(styleOf(element).backgroundColor), behind);
  };
  const contrast = (element, colour) => {
    const ground = groundOf(element);
    const both = [luminance(over(parts(colour), ground)), luminance(ground)];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  };
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "";
  globalThis.shownTexts = () => [...document.body.querySelectorAll("*")].filter((element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      && ([...element.childNodes].some(isText) || element.value || element.placeholder));
  // The page makes nothing transparent, or this would have to be measured too.
  globalThis.faintTexts = () => shownTexts().flatMap((element) => {
    const colours = [styleOf(element).color];
    if (element.placeholder) colours.push(getComputedStyle(element, "::placeholder").color);
    const least = Math.min(...colours.map((colour) => contrast(element, colour)));
    const isSolid = styleOf(element).opacity === "1";
    return least >= 4.5 && isSolid ? []
      : [`${least.toFixed(2)} ${styleOf(element).opacity} ${element.outerHTML.slice(0, 100)}`];
  });
  return 0;
})()"#;

/// Whether the focused element is on the screen and outlined; for a hidden radio button, its label.
const FOCUS: &str = r#"(() => {
  const focused = document.activeElement;
  const seen = focused.matches(".segment input") ? focused.nextElementSibling : focused;
  const style = getComputedStyle(seen);
  const box = seen.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    || focused.matches("video");
  const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  return { visible: outlined && inside && focused !== document.body, what: focused.outerHTML.slice(0, 100) };
})()"#;
