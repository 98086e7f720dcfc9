//! The nearest of the words that would have been right, and lists of them.

/// `senior, parity or junior`.
pub(crate) fn listed(words: &[&str]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// Whether a word is in a list of words with blanks between them.
pub(crate) fn has_word(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

/// The word that is nearest to `text`, where one is near.
pub(crate) fn nearest<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let text: String = text.chars().take(64).collect();
    let length = text.chars().count();
    let near = |d: usize, w: &str| d * 4 < w.chars().count().max(length) || (d == 1 && length > 2);
    // A word is at least as far as it is longer or shorter.
    let alike = words.iter().filter(|w| near(w.chars().count().abs_diff(length), w));
    // Letters to put in, leave out, change, or swap with their neighbour.
    let scored = alike.map(|w| (strsim::osa_distance(&text, w), *w));
    scored.filter(|(d, w)| near(*d, w)).min().map(|(_, w)| w)
}

/// The nearest, but not one that differs in its last letter alone: `series-b` is not a misspelt `series-a`.
pub(crate) fn nearest_name<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let stem =
        |t: &str| t.char_indices().next_back().map_or(String::new(), |(at, _)| t.get(..at).unwrap_or("").to_owned());
    nearest(text, words).filter(|w| stem(w) != stem(text))
}
