//! Whether there is a workbook for everybody who was to get one.

use super::Audit;
use crate::output::statement_files::{ARCHIVE, HOLDERS};
use crate::problem::Problem;
use crate::text::guarded;
use std::collections::HashSet;
use std::fs::File;

impl Audit<'_> {
    /// A workbook for each holder of `distribution.csv` that the run was asked for.
    pub(crate) fn workbooks(&mut self) -> Result<(), Problem> {
        if !["dividend", "liquidate", "exchange"].contains(&self.manifest.command.as_str()) {
            return Ok(());
        }
        let arguments = &self.manifest.arguments;
        let asked = arguments.windows(2).find(|pair| pair[0] == "--workbooks").map_or("all", |pair| pair[1].as_str());
        let expected = self.holders(asked)?;
        let found = if arguments.iter().any(|argument| argument == "--archive") && asked != "none" && expected > 0 {
            self.archived()
        } else {
            let prefix = format!("{HOLDERS}/");
            Some(self.manifest.outputs.iter().filter(|entry| entry.path.starts_with(&prefix)).count())
        };
        self.checked += 1;
        // A dividend's statements also go to holders whose shares were issued too late for it: they are in no other file.
        let more_allowed = self.manifest.command == "dividend";
        if let Some(found) = found.filter(|found| *found < expected || (*found > expected && !more_allowed)) {
            let message = format!("{found} statements, where the run was to write {expected}.");
            self.differs("workbooks", &message, "manifest.json");
        }
        Ok(())
    }

    /// How many holders of `distribution.csv` were to get a workbook.
    fn holders(&self, asked: &str) -> Result<usize, Problem> {
        let chosen: Option<HashSet<String>> = match asked {
            "none" => return Ok(0),
            "all" => None,
            ids => Some(ids.split(',').map(|id| guarded(id).into_owned()).collect()),
        };
        let Some(mut table) = crate::verify::table::Table::open(self.folder, "distribution.csv")? else { return Ok(0) };
        let (mut count, mut last) = (0, None);
        while table.advance()? {
            let holder = table.text("holder_id");
            if last.as_deref() != Some(holder) {
                count += usize::from(chosen.as_ref().is_none_or(|chosen| chosen.contains(holder)));
                last = Some(holder.to_owned());
            }
        }
        Ok(count)
    }

    /// How many there are in the archive; none where it cannot be read, which its hash tells.
    fn archived(&self) -> Option<usize> {
        let file = File::open(self.folder.join(ARCHIVE)).ok()?;
        zip::ZipArchive::new(file).ok().map(|archive| archive.len())
    }
}
