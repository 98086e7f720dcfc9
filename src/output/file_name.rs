//! A holder's id as a file name that is safe on every system.

use crate::sha256;
use std::collections::HashMap;

const LONGEST: usize = 100;
/// Names that Windows keeps for devices, with any extension.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The file names (without extension) of these ids, in their order. Unsafe characters are replaced, and a short hash of
/// the id is added whenever that changed the name or two names would be one on a system that does not tell case apart.
pub(crate) fn file_names<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<(&str, String)> = ids.map(|id| (id, safe(id))).collect();
    let mut seen: HashMap<String, u32> = HashMap::with_capacity(names.len());
    for (_, name) in &names {
        *seen.entry(name.to_ascii_lowercase()).or_insert(0) += 1;
    }
    let collides = |name: &str| seen.get(&name.to_ascii_lowercase()).is_some_and(|count| *count > 1);
    let name = |(id, name): (&str, String)| if name != id || collides(&name) { hashed(&name, id) } else { name };
    names.into_iter().map(name).collect()
}

fn hashed(name: &str, id: &str) -> String {
    format!("{name}~{}", &sha256::of_bytes(id.as_bytes())[..10])
}

fn safe(id: &str) -> String {
    let replaced: String = id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' })
        .take(LONGEST)
        .collect();
    let trimmed = replaced.trim_matches(['.', ' ']);
    let stem = trimmed.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    if trimmed.is_empty() || RESERVED.contains(&stem.as_str()) { format!("_{trimmed}") } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe_ids_stay_and_others_get_a_hash() {
        let ids = ["H-0001", "../../x", "CON", "a:b", "a", "A", "é", "e\u{301}", "", ".hidden", "con.txt"];
        let names = file_names(ids.into_iter());
        assert_eq!(names[0], "H-0001");
        for name in &names[1..] {
            assert!(name.contains('~'), "{name}");
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~ ".contains(&b)), "{name}");
        }
        let mut folded: Vec<String> = names.iter().map(|n| n.to_ascii_lowercase()).collect();
        folded.sort();
        folded.dedup();
        assert_eq!(folded.len(), ids.len());
        assert!(file_names(["x".repeat(300).as_str()].into_iter())[0].len() < 120);
    }

    #[test]
    fn a_tilde_in_an_id_is_replaced_so_no_id_can_pose_as_a_hashed_name() {
        let posing = file_names(["é"].into_iter()).remove(0);
        assert_ne!(file_names([posing.as_str()].into_iter())[0], posing);
    }
}
