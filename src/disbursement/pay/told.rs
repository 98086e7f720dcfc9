//! What becomes of each row of a run's instructions: `FILE.json`.

use super::{AT_ONCE, Batch, Carried, Judged, Plan};
use crate::disbursement::latin::Replaced;
use crate::output::csv::in_order;
use crate::quantity::{Units, scaled_fixed};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};

/// A row and what becomes of it.
#[derive(Serialize)]
struct Told<'t> {
    reference: &'t str,
    holder_id: &'t str,
    amount: &'t str,
    fate: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    replaced: &'t [Replaced],
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'t str>,
}

impl Plan<'_> {
    /// Writes what is told of the file: `head` with totals, batches and each row's fate.
    pub(crate) fn tell(&self, out: &mut (impl Write + Send), head: Value) -> io::Result<()> {
        let cash = |units: Units| scaled_fixed(units, self.of.run.decimals);
        let (count, sum) = self.carried();
        let mut value = head;
        value["payments"] = json!(count);
        value["amount"] = json!(cash(sum));
        let batch = |b: &Batch| {
            let kind = self.kinds[b.kind];
            json!({"batch": b.number, "kind": kind, "payments": b.count(), "amount": cash(b.sum)})
        };
        value["batches"] = self.batches.iter().map(batch).collect();
        let left = |(reason, (count, sum)): (&String, &(usize, Units))| json!({"reason": reason, "payments": count, "amount": cash(*sum)});
        value["not_carried"] = self.left.iter().map(left).collect();
        let head = serde_json::to_vec_pretty(&value)?;
        out.write_all(&head[..head.len() - 2])?;
        out.write_all(b",\n  \"rows\": [")?;
        let rows = |(first, verdicts): &Judged, into: &mut Vec<u8>| {
            for (at, verdict) in (*first..).zip(verdicts) {
                into.extend_from_slice(if at == 0 { b"\n    " } else { b",\n    " });
                self.tell_row(into, at, verdict.as_ref());
            }
        };
        in_order(&self.judged, AT_ONCE, rows, |bytes| out.write_all(bytes))?;
        out.write_all(b"\n  ]\n}\n")
    }

    fn tell_row(&self, out: &mut Vec<u8>, at: usize, verdict: Result<&Carried, &String>) {
        let row = self.of.instructions.get(at);
        let carried = verdict.ok().map(|carried| &carried.entry);
        let told = Told {
            reference: row.reference(),
            holder_id: row.holder_id(),
            amount: &scaled_fixed(row.amount, self.of.run.decimals),
            fate: if carried.is_some() { "carried" } else { "not carried" },
            kind: carried.map(|entry| self.kinds[entry.kind]),
            note: carried.and_then(|entry| entry.said),
            replaced: carried.map_or(&[], |entry| &entry.replaced),
            reason: verdict.err().map(String::as_str),
        };
        serde_json::to_writer(out, &told).expect("memory takes what is written");
    }
}
