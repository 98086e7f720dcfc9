//! `ratable verify`: an untouched run passes, and whatever is touched is named.

use crate::machine::{Came, Dice, Machine, contains, files};
use crate::support::forged::{forge, rehash};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

const RUNS: [(&str, &str); 8] = [
    ("dividend", "dividend case --date 2006-03-15"),
    ("funds", "dividend case --date 2006-03-15 --funds 20000"),
    ("archive", "dividend case --date 2006-03-15 --archive --workbooks H-000001,H-000004"),
    ("liquidate", "liquidate case --date 2006-03-15 --scenarios 0:100000:10000"),
    ("exchange", "exchange case --date 2006-03-15 --workbooks none"),
    ("vote", "vote case --date 2006-03-15"),
    ("actions", "actions case"),
    ("captable", "captable case --date 2006-03-15"),
];

fn machine_with_runs() -> Machine {
    let machine = Machine::new();
    machine.case("case", 6);
    for (name, command) in RUNS {
        machine.run(&format!("{command} --out {name} --quiet")).done();
    }
    machine
}

fn verify(machine: &Machine, arguments: &str) -> Came {
    machine.run(&format!("verify {arguments}"))
}

/// A copy of a folder to tamper with.
fn copy(machine: &Machine, from: &str, to: &str) -> PathBuf {
    machine.shell(&format!("rm -rf {to} && cp -r {from} {to}")).done();
    machine.path(to)
}

#[test]
fn an_untouched_run_of_every_command_passes_alone_and_against_its_case() {
    let machine = machine_with_runs();
    for (name, _) in RUNS {
        verify(&machine, name).done().says("as the run wrote it");
        verify(&machine, &format!("{name} --case case")).done().says("byte for byte");
        let json = verify(&machine, &format!("{name} --format json")).done();
        let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!(json["problems"], serde_json::json!([]));
        assert!(json["checked"]["files"].as_u64().unwrap() >= 2, "{json}");
    }
    assert_eq!(verify(&machine, "dividend --quiet").done().out, "");
}

#[test]
fn one_byte_changed_in_any_file_is_named() {
    let machine = machine_with_runs();
    let mut dice = Dice(7);
    for (name, _) in RUNS {
        let original = files(&machine.path(name));
        for (file, bytes) in &original {
            let folder = copy(&machine, name, "touched");
            let mut bytes = bytes.clone();
            let at = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
            bytes[at] ^= 1;
            fs::write(folder.join(file), bytes).unwrap();
            verify(&machine, "touched").with(3).says(file);
        }
    }
}

#[test]
fn every_byte_of_a_manifest_counts() {
    let machine = Machine::new();
    machine.case("case", 1);
    machine.run("actions case --out run --quiet").done();
    let path = machine.path("run/manifest.json");
    let original = fs::read(&path).unwrap();
    for at in (0..original.len()).step_by(41) {
        let mut bytes = original.clone();
        bytes[at] ^= 1;
        fs::write(&path, bytes).unwrap();
        verify(&machine, "run").with(3).says("manifest");
    }
    fs::write(&path, &original[..original.len() / 2]).unwrap();
    verify(&machine, "run").with(3).says("manifest.json");
    fs::remove_file(&path).unwrap();
    verify(&machine, "run").with(3).says("it is missing");
    verify(&machine, "nowhere").failed();
}

#[test]
fn what_is_missing_added_or_replaced_is_named() {
    let machine = machine_with_runs();
    let folder = copy(&machine, "dividend", "run");
    fs::remove_file(folder.join("holders/H-000003.xlsx")).unwrap();
    verify(&machine, "run").with(3).says("holders/H-000003.xlsx").says("not there any more");

    let folder = copy(&machine, "dividend", "run");
    fs::copy(folder.join("holders/H-000003.xlsx"), folder.join("holders/H-000099.xlsx")).unwrap();
    fs::create_dir(folder.join("more")).unwrap();
    let came = verify(&machine, "run --format json").with(3);
    let json: serde_json::Value = serde_json::from_str(&came.out).unwrap();
    let problems = json["problems"].as_array().unwrap();
    let files: Vec<&str> = problems.iter().map(|problem| problem["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["holders/H-000099.xlsx", "more"]);
    for key in ["severity", "code", "sheet", "cell", "value", "message", "help"] {
        assert!(problems[0].get(key).is_some(), "{key}");
    }

    let folder = copy(&machine, "dividend", "run");
    fs::remove_file(folder.join("result.json")).unwrap();
    verify(&machine, "run").with(3).says("result.json");

    // Its bytes are the same, and it is not the run's file all the same.
    let folder = copy(&machine, "dividend", "run");
    fs::rename(folder.join("summary.xlsx"), machine.path("elsewhere.xlsx")).unwrap();
    std::os::unix::fs::symlink(machine.path("elsewhere.xlsx"), folder.join("summary.xlsx")).unwrap();
    verify(&machine, "run").with(3).says("now it is a link");
}

#[test]
fn a_figure_edited_together_with_the_manifest_breaks_a_control_total() {
    let machine = machine_with_runs();
    let forged = |run: &str, file: &str, from: &str, to: &str| {
        let folder = copy(&machine, run, "run");
        forge(&folder, file, from, to);
        let alone = verify(&machine, "run").with(3);
        assert!(!alone.err.contains("SHA-256"), "{}", alone.err);
        verify(&machine, "run --case case").with(3).says(file);
        alone
    };
    // H-000001 holds 2.5 shares: M × 0.02 = 2.00 a share, 10 % withheld.
    forged("dividend", "distribution.csv", "USD,5.00,0.50,4.50", "USD,5.00,0.50,4.51").says("gross less withheld");
    forged("dividend", "distribution.csv", "USD,5.00,0.50,4.50", "USD,6.00,0.50,5.50").says("gross, summed");
    forged("dividend", "distribution.csv", "USD,5.00,0.50,4.50", "USD,x,0.50,4.50").says("this is no number");
    forged("dividend", "payment-instructions.csv", ",4.50,", ",9.50,").says("distribution.csv has 4.50");
    forged("dividend", "payment-instructions.csv", ",H-000001,", ",H-00000X,").says("H-000001");
    forged("dividend", "result.json", "\"withheld\": \"", "\"withheld\": \"1").says("withheld, summed");
    forged("dividend", "result.json", "\"due\": \"", "\"due\": \"1").says("due less gross");
    forged("dividend", "payments.csv", "2006-03-15,", "2006-03-15,1").says("paid to Series A");
    forged("funds", "result.json", "\"not_distributed\": \"", "\"not_distributed\": \"1").says("funds");
    forged("liquidate", "result.json", "\"proceeds\": \"", "\"proceeds\": \"1").says("proceeds");
    forged("vote", "votes.csv", ",250\n", ",251\n").says("shares by votes per share");
    forged("vote", "result.json", "\"command\": \"vote\"", "\"command\": \"Vote\"").says("another command");
    forged("captable", "captable.csv", "series-a,", "series-b,").says("result.json states series-a");
}

#[test]
fn a_workbook_taken_away_together_with_its_line_in_the_manifest_is_missed() {
    let machine = machine_with_runs();
    let folder = copy(&machine, "dividend", "run");
    fs::remove_file(folder.join("holders/H-000003.xlsx")).unwrap();
    rehash(&folder, "holders/H-000003.xlsx");
    verify(&machine, "run").with(3).says("5 statements, where the run was to write 6");
    verify(&machine, "run --case case").with(3).says("holders/H-000003.xlsx");
}

#[test]
fn an_edited_cell_of_a_workbook_is_found_by_making_the_run_again() {
    let machine = machine_with_runs();
    let folder = copy(&machine, "dividend", "run");
    let path = folder.join("holders/H-000001.xlsx");
    let parts = crate::machine::parts(&fs::read(&path).unwrap()).unwrap();
    let sheet = "xl/worksheets/sheet1.xml";
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        if name == sheet {
            assert!(contains(&bytes, "<v>4.5</v>"));
            let text = String::from_utf8(bytes).unwrap().replace("<v>4.5</v>", "<v>9.5</v>");
            zip.write_all(text.as_bytes()).unwrap();
        } else {
            zip.write_all(&bytes).unwrap();
        }
    }
    zip.finish().unwrap();
    rehash(&folder, "holders/H-000001.xlsx");
    verify(&machine, "run").done();
    verify(&machine, "run --case case").with(3).says("holders/H-000001.xlsx").says(sheet);
}

#[test]
fn a_cell_that_differs_from_the_run_made_again_has_its_place_and_accounts_stay_hidden() {
    let machine = machine_with_runs();
    let folder = copy(&machine, "dividend", "run");
    forge(&folder, "payment-instructions.csv", "ACCT-000004", "ACCT-666666");
    verify(&machine, "run").done();
    let came = verify(&machine, "run --case case --format json").with(3);
    let json: serde_json::Value = serde_json::from_str(&came.out).unwrap();
    let problems = json["problems"].as_array().unwrap();
    let problem = problems.iter().find(|problem| problem["file"] == "payment-instructions.csv").unwrap();
    assert_eq!(problem["cell"], "E5");
    assert!(!came.out.contains("ACCT-"), "{}", came.out);
}

#[test]
fn only_the_run_s_own_case_will_do() {
    let machine = machine_with_runs();
    machine
        .shell("cp -r case twin && mkdir other && cp -r case other/case && sed -i s/5.5,/5.6,/ other/case/register.csv")
        .done();
    verify(&machine, "dividend --case twin").with(3).says("called twin");
    verify(&machine, "dividend --case other/case").with(3).says("register.csv").says("not the file that the run read");
    fs::write(machine.path("other/case/record_dates.csv"), "payment_date,record_date\n").unwrap();
    fs::remove_file(machine.path("other/case/terms.csv")).unwrap();
    let came = verify(&machine, "dividend --case other/case").with(3);
    came.says("record_dates.csv").says("terms.csv");
    verify(&machine, "dividend --case nowhere").with(1);
    verify(&machine, "dividend --template x.xlsx").with(2);
}

#[test]
fn a_manifest_cannot_lead_out_of_its_folder_or_to_another_command() {
    let machine = machine_with_runs();
    let secret = machine.path("secret.txt");
    fs::write(&secret, "secret").unwrap();
    let folder = copy(&machine, "dividend", "run");
    fs::rename(folder.join("declarations.csv"), folder.join("keep")).unwrap();
    let manifest = folder.join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let outside = ["../secret.txt", "/etc/hostname", "holders/../../secret.txt"];
    for path in outside.into_iter().chain(["a//b", "./a", "a/", "", "a\\\\b", "manifest.json"]) {
        fs::write(&manifest, text.replace("\"declarations.csv\"", &format!("\"{path}\""))).unwrap();
        rehash(&folder, "arrears.csv");
        verify(&machine, "run").with(3).says("outside the folder");
    }
    let folder = copy(&machine, "dividend", "run");
    let manifest = folder.join("manifest.json");
    for argument in ["--out=/tmp/elsewhere", "--force", "--help"] {
        fs::write(&manifest, text.replacen("\"--workbooks\"", &format!("\"{argument}\""), 1)).unwrap();
        rehash(&folder, "arrears.csv");
        verify(&machine, "run --case case").with(3).says("cannot be repeated");
    }
}
