//! The nearest of the words that would have been right, and lists of them.

/// `senior, parity or junior`.
pub(crate) fn listed(words: &[&str]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// The word that is nearest to `text`, where one is near.
pub(crate) fn nearest<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let text: Vec<char> = text.chars().take(64).collect();
    let near = |d: usize, w: &str| d * 4 < w.chars().count().max(text.len()) || (d == 1 && text.len() > 2);
    // A word is at least as far as it is longer or shorter.
    let alike = words.iter().filter(|w| near(w.chars().count().abs_diff(text.len()), w));
    let scored = alike.map(|w| (distance(&text, w), *w));
    scored.filter(|(d, w)| near(*d, w)).min().map(|(_, w)| w)
}

/// The nearest, but not one that differs in its last letter alone: `series-b` is not a misspelt `series-a`.
pub(crate) fn nearest_name<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let stem =
        |t: &str| t.char_indices().next_back().map_or(String::new(), |(at, _)| t.get(..at).unwrap_or("").to_owned());
    nearest(text, words).filter(|w| stem(w) != stem(text))
}

/// Letters to put in, leave out, change, or swap with their neighbour.
fn distance(text: &[char], word: &str) -> usize {
    let word: Vec<char> = word.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=word.len()).collect();
    for (i, a) in text.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in word.iter().enumerate() {
            let cost = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (cost(&above, j) + usize::from(a != b)).min(cost(&above, j + 1) + 1).min(cost(&row, j) + 1);
            if let (Some(i), Some(j)) = (i.checked_sub(1), j.checked_sub(1))
                && text.get(i) == Some(b)
                && word.get(j) == Some(a)
            {
                best = best.min(cost(&before, j) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(nearest("subdivison", &["stock-dividend", "subdivision"]), Some("subdivision"));
        assert_eq!(nearest("mutliple", &["multiple"]), Some("multiple"));
        assert_eq!(nearest("fro", &["for", "against"]), Some("for"));
        assert_eq!(nearest_name("series-b", &["series-a", "common"]), None);
        assert_eq!(nearest("zebra", &["stock-dividend", "subdivision"]), None);
        assert_eq!(listed(&["a", "b", "c"]), "a, b or c");
    }
}
