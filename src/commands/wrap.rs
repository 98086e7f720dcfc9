//! Lines that fit a terminal: broken between words, and set in where they go on.

/// How much further in a line goes on than it began.
const FURTHER: usize = 2;

/// Text in lines of at most `width` letters, as far as its words allow.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| wrapped_line(line, width)).collect();
    lines.join("\n")
}

fn wrapped_line(line: &str, width: usize) -> String {
    let bare = line.trim_start_matches(' ');
    let indent = line.len() - bare.len();
    if letters(line) <= width || width < indent + 24 {
        return line.to_owned();
    }
    let further = " ".repeat(indent + FURTHER);
    let (mut out, mut at) = (" ".repeat(indent), indent);
    // Blanks between columns stay as they are; only where a line breaks, they go.
    let mut blanks = 0;
    for word in bare.split(' ') {
        let long = letters(word);
        if word.is_empty() {
            blanks += 1;
            continue;
        }
        if at > indent && at + blanks + long > width {
            out.push('\n');
            out.push_str(&further);
            at = further.len();
        } else {
            out.push_str(&" ".repeat(blanks));
            at += blanks;
        }
        out.push_str(word);
        at += long;
        blanks = 1;
    }
    out
}

/// How many letters are seen: colours take no room.
fn letters(text: &str) -> usize {
    let (mut count, mut in_color) = (0, false);
    for letter in text.chars() {
        match letter {
            '\u{1b}' => in_color = true,
            'm' if in_color => in_color = false,
            _ if in_color => {}
            _ => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_on_further_in() {
        let text =
            "one\n  D4, sheet Register, company.xlsx  shares: this is not a number. [many]\n      Type a number.";
        assert_eq!(
            wrapped(text, 40),
            "one\n  D4, sheet Register, company.xlsx\n    shares: this is not a number. [many]\n      Type a number."
        );
    }

    #[test]
    fn colours_take_no_room_and_long_words_stay_whole() {
        let red = "\u{1b}[31mD4\u{1b}[0m";
        let text = format!("  {red}  {}", "x".repeat(34));
        assert_eq!(wrapped(&text, 40), text);
        assert_eq!(wrapped(&format!("  {red} {}", "x".repeat(60)), 40), format!("  {red}\n    {}", "x".repeat(60)));
        assert_eq!(wrapped("a  b   c", 3), "a  b   c", "too narrow for anything");
    }
}
