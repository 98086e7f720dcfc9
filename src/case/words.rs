//! The nearest of the words that would have been right, and lists of them.

/// `senior, parity or junior`.
#[must_use]
pub fn listed(words: &[&str]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// The word that is nearest to `text`, where one is near.
#[must_use]
pub fn nearest<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let text: Vec<char> = text.chars().take(64).collect();
    let scored = words.iter().map(|w| (distance(&text, w), *w));
    scored.filter(|(d, w)| *d * 3 <= w.chars().count().max(text.len())).min().map(|(_, w)| w)
}

/// Levenshtein's: letters to put in, leave out or change.
fn distance(text: &[char], word: &str) -> usize {
    let word: Vec<char> = word.chars().collect();
    let mut costs: Vec<usize> = (0..=word.len()).collect();
    for (i, a) in text.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = costs.first_mut() {
            *first = left;
        }
        for (cost, b) in costs.iter_mut().skip(1).zip(&word) {
            let up = *cost;
            let best = (diagonal + usize::from(a != b)).min(up + 1).min(left + 1);
            diagonal = up;
            *cost = best;
            left = best;
        }
    }
    costs.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(nearest("subdivison", &["stock-dividend", "subdivision"]), Some("subdivision"));
        assert_eq!(nearest("zebra", &["stock-dividend", "subdivision"]), None);
        assert_eq!(listed(&["a", "b", "c"]), "a, b or c");
    }
}
