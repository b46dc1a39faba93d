//! Which characters may be shown.

/// Returns whether a character may be shown as itself: it is visible, or a space of visible width, and has no effect on
/// a terminal or an editor.
///
/// Spaces with a width of their own are plain (the space, the no-break space, the ideographic space); tabs and line
/// ends are not.
///
/// ```
/// use kling_text::is_plain;
///
/// assert!(is_plain('a') && is_plain('\u{3000}') && is_plain('🦊'));
/// assert!(!is_plain('\n') && !is_plain('\u{1b}') && !is_plain('\u{200b}') && !is_plain('\u{fe0f}'));
/// ```
#[must_use]
pub const fn is_plain(character: char) -> bool {
    !matches!(
        character,
        // Control characters, including tabs and line ends.
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
            // The soft hyphen, the grapheme joiner, a direction mark.
            | '\u{ad}' | '\u{34f}' | '\u{61c}'
            // Format characters that precede Arabic, Syriac and Kaithi numbers.
            | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
            | '\u{110bd}' | '\u{110cd}'
            // Fillers.
            | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
            // Variation selectors.
            | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}'
            // Zero-width and bidirectional marks, line and paragraph separators, invisible operators.
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            // Interlinear marks, and the ignorable code points reserved beside them.
            | '\u{fff0}'..='\u{fffb}'
            // Controls for hieroglyphs, shorthand and music.
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            // Tags, more variation selectors, and the ignorable code points reserved beside them.
            | '\u{e0000}'..='\u{e0fff}'
            // Noncharacters.
            | '\u{fdd0}'..='\u{fdef}'
    ) && character as u32 & 0xfffe != 0xfffe
}
