//! The text of an HTML page: block elements become lines, and headings, lists, tables and code look as in Markdown.

/// Elements whose content is not text of the page.
const SKIPPED: [&str; 8] = [
    "head", "script", "style", "svg", "template", "noscript", "nav", "pre",
];
/// Elements inside a line; all others begin and end lines.
const INLINE: [&str; 14] = [
    "a", "abbr", "b", "code", "em", "font", "i", "kbd", "mark", "small", "span", "strong", "u",
    "wbr",
];
/// The lines where a folded part begins and ends.
pub(super) const FOLDED: &str = "<details>";
pub(super) const UNFOLDED: &str = "</details>";
/// Entities by name.
const ENTITIES: [(&str, char); 16] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ndash", '–'),
    ("mdash", '—'),
    ("middot", '·'),
    ("bull", '•'),
    ("hellip", '…'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("times", '×'),
];
/// The longest entity that is looked for.
const MAX_ENTITY: usize = 10;

/// Returns the lines of the text of an HTML page, each with the line of the file where it begins.
pub(super) fn to_markdown(html: &str) -> Vec<(usize, String)> {
    let mut text = Text::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.add(&rest[..at]);
        rest = text.tag(&rest[at..]);
    }
    text.add(rest);
    text.end_line();
    text.lines
}

#[derive(Default)]
struct Text {
    lines: Vec<(usize, String)>,
    /// The line being read.
    line: String,
    /// How many lines of the file have been read.
    passed: usize,
    /// The line of the file where the line being read begins.
    begins: usize,
}

impl Text {
    fn add(&mut self, text: &str) {
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.passed += 1;
            }
            let decoded = decoded(part).replace('\u{200b}', "");
            if self.line.trim().is_empty() {
                self.begins = self.passed + 1;
            }
            if index > 0 {
                // A line break in HTML is a blank.
                self.line.push(' ');
            }
            self.line.push_str(&decoded);
        }
    }

    /// Whether the line being read only has the mark that it begins with.
    fn is_marked(&self) -> bool {
        let line = self.line.trim_end();
        matches!(line, "*" | "|") || (!line.is_empty() && line.bytes().all(|byte| byte == b'#'))
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        self.lines.push((self.begins, line));
    }

    /// Reads the tag at the beginning of a text, or what is skipped with it, and returns what comes after.
    fn tag<'h>(&mut self, html: &'h str) -> &'h str {
        let is_tag = html[1..]
            .trim_start_matches('/')
            .starts_with(|first: char| first.is_ascii_alphabetic() || first == '!');
        if !is_tag {
            self.add("<");
            return &html[1..];
        }
        let end = if html.starts_with("<!--") { "-->" } else { ">" };
        let (tag, rest) = html.split_once(end).unwrap_or((html, ""));
        self.passed += tag.matches('\n').count();
        let inside = tag.trim_start_matches('<');
        let closes = inside.starts_with('/');
        let name: String = inside
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        if SKIPPED.contains(&&*name) && !closes && !tag.ends_with('/') {
            self.end_line();
            let end = find_ignoring_case(rest, &format!("</{name}")).unwrap_or(rest.len());
            self.passed += rest[..end].matches('\n').count();
            return &rest[end..];
        }
        match &*name {
            "code" => self.line.push('`'),
            "td" | "th" if closes => self.line.push('|'),
            "td" | "th" => {}
            name if INLINE.contains(&name) => {}
            // What wraps the text of a heading, an item or a row.
            name if self.is_marked() && !(closes && is_marking(name)) => {}
            name => {
                self.end_line();
                match name {
                    "details" => {
                        let mark = if closes { UNFOLDED } else { FOLDED };
                        self.lines.push((self.passed + 1, mark.to_owned()));
                    }
                    _ if closes => {}
                    "li" => self.line.push_str("* "),
                    "tr" => self.line.push('|'),
                    _ => {
                        if let Some(level) = heading(name) {
                            self.line = format!("{} ", "#".repeat(level));
                        }
                    }
                }
            }
        }
        rest
    }
}

/// Whether the lines of an element begin with a mark.
fn is_marking(name: &str) -> bool {
    matches!(name, "li" | "tr") || heading(name).is_some()
}

fn heading(name: &str) -> Option<usize> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

fn find_ignoring_case(text: &str, ascii: &str) -> Option<usize> {
    let mut places = text.match_indices('<').map(|(at, _)| at);
    places.find(|at| {
        text.as_bytes()[*at..]
            .get(..ascii.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(ascii.as_bytes()))
    })
}

/// Replaces the entities of a text; what is not a known one stays.
fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(MAX_ENTITY).position(|byte| byte == b';');
        if let Some((character, end)) = end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            decoded.push(character);
            rest = &rest[end + 1..];
        } else {
            decoded.push('&');
            rest = &rest[1..];
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity(name: &str) -> Option<char> {
    let number = name.strip_prefix('#').map(|digits| {
        match digits.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => digits.parse(),
        }
        .ok()
        .and_then(char::from_u32)
    });
    number.unwrap_or_else(|| {
        let known = ENTITIES.iter().find(|(known, _)| *known == name);
        known.map(|(_, character)| *character)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &[(usize, &str)]) {
        let lines = to_markdown(html);
        let lines = lines.iter().map(|(number, line)| (*number, &**line));
        let lines: Vec<(usize, &str)> = lines.filter(|(_, line)| !line.is_empty()).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn lines_know_where_they_are_in_the_file() {
        check(
            "<p>a\nb</p>\n\n<table><tr><td>c</td><td>d</td></tr></table><!-- \n <p> -->\n<p\n>e",
            &[(1, "a b"), (4, "|c|d|"), (7, "e")],
        );
    }

    #[test]
    fn what_wraps_the_text_of_a_line_does_not_break_it() {
        check(
            "<h2><div><a href=\"#x\">\u{200b}</a></div><span>Body</span></h2><ul><li><p>a</p></li><li></li></ul>",
            &[(1, "## Body"), (1, "* a"), (1, "*")],
        );
    }

    #[test]
    fn what_is_cut_or_odd_is_read_as_far_as_it_goes() {
        check(
            "a < b &unknown; &#0; &#xd800; &",
            &[(1, "a < b &unknown; \0 &#xd800; &")],
        );
        check("<script>x", &[]);
        check("x<", &[(1, "x<")]);
        check("x<p", &[(1, "x")]);
        check("&é;<é>", &[(1, "&é;<é>")]);
    }
}
