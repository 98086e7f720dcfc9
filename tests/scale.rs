//! A finished run's workbooks written in parts and merged: what one run would have written, byte for byte.

use crate::machine::{Came, Machine, assert_same, is_there, names, skipped};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const DIVIDEND: &str = "dividend case --date 2006-03-15";

/// A machine with a case, a whole run in `single`, and the same without workbooks in `run`.
fn machine(holders: usize, command: &str) -> Machine {
    let machine = Machine::new();
    machine.case("case", holders);
    machine.run(&format!("{command} --out single --quiet")).done();
    machine.run(&format!("{command} --out run --workbooks none --quiet")).done();
    machine
}

fn part(machine: &Machine, index: u32, of: u32) -> Came {
    machine.run(&format!("statements run --case case --shard {index}/{of} --out parts/{index} --force --quiet"))
}

#[test]
fn parts_merge_into_what_one_run_writes_on_both_kinds_of_output_for_every_command_with_workbooks() {
    for command in ["dividend", "liquidate", "exchange"] {
        for kind in ["", "--archive"] {
            let machine = machine(7, &format!("{command} case --date 2006-03-15 {kind}"));
            for index in 1..=3 {
                part(&machine, index, 3).done();
                machine.run(&format!("verify parts/{index} --case case --quiet")).done();
            }
            machine.run("merge run parts/3 parts/1 parts/2 --out merged").done().says("7 workbooks from 3 parts");
            assert_same(&machine.path("single"), &machine.path("merged"));
            machine.run("verify merged --case case --quiet").done();
        }
    }
}

#[test]
fn more_parts_than_holders_and_one_part_alone_do_as_well() {
    let machine = machine(3, DIVIDEND);
    for of in [1, 5] {
        let parts: Vec<String> = (1..=of).map(|index| format!("parts/{index}")).collect();
        (1..=of).for_each(|index| drop(part(&machine, index, of).done()));
        machine.run(&format!("merge run {} --out merged --force --quiet", parts.join(" "))).done();
        assert_same(&machine.path("single"), &machine.path("merged"));
    }
}

#[test]
fn a_run_that_has_workbooks_already_can_be_written_in_parts_too_and_merge_takes_those_of_the_parts() {
    let machine = machine(5, DIVIDEND);
    machine.run(&format!("{DIVIDEND} --out run --workbooks H-000002 --force --quiet")).done();
    (1..=2).for_each(|index| drop(part(&machine, index, 2).done()));
    machine.run("merge run parts/1 parts/2 --out merged --quiet").done();
    assert_same(&machine.path("single"), &machine.path("merged"));
}

#[test]
fn the_team_s_own_layout_is_named_in_parts_and_merged_runs_and_must_be_the_same_in_all() {
    let machine = Machine::new();
    machine.case("case", 4);
    let layout = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/statement-dividend.xlsx");
    fs::copy(&layout, machine.path("own.xlsx")).unwrap();
    machine.run(&format!("{DIVIDEND} --out single --template own.xlsx --quiet")).done();
    machine.run(&format!("{DIVIDEND} --out run --workbooks none --quiet")).done();
    let with = |index: u32, more: &str| {
        machine.run(&format!("statements run --case case --shard {index}/2 --out parts/{index} --force --quiet {more}"))
    };
    with(1, "--template own.xlsx").done();
    with(2, "").done();
    machine.run("merge run parts/1 parts/2 --out merged").with(3).says("another layout");
    with(2, "--template own.xlsx").done();
    machine.run("merge run parts/1 parts/2 --out merged").done();
    assert_same(&machine.path("single"), &machine.path("merged"));
    machine.run("verify merged --case case").with(2).says("own.xlsx: give it with --template");
    machine.run("verify merged --case case --template own.xlsx --quiet").done();
}

#[test]
fn a_part_written_again_is_the_same_and_a_folder_is_replaced_only_with_force() {
    let machine = machine(9, DIVIDEND);
    part(&machine, 2, 4).done();
    machine.run("statements run --case case --shard 2/4 --out again --jobs 1 --quiet").done();
    assert_same(&machine.path("parts/2"), &machine.path("again"));
    machine.run("statements run --case case --shard 2/4 --out again").with(2).says("--force");
    for wrong in ["5/4", "0/8", "1/0", "8", "a/b", "-1/8", ""] {
        machine.run(&format!("statements run --case case --shard={wrong} --out x")).with(2).says("--shard").says(wrong);
    }
    machine.run("statements parts/2 --case case --shard 1/4 --out x").with(2).says("give the run's folder");
}

#[test]
fn a_case_or_a_result_that_is_not_the_run_s_is_refused() {
    let machine = machine(3, DIVIDEND);
    machine.shell("mkdir other && cp -r case other/case && echo >> other/case/terms.csv").done();
    let came = machine.run("statements run --case other/case --shard 1/2 --out x").with(3);
    came.says("terms.csv").says("not the file that the run read");
    machine.shell(r#"sed -i 's/"gross": "/"gross": "1/' run/result.json"#).done();
    // The manifest still says what the run wrote, so the part fits; merging notices the result.
    part(&machine, 1, 1).done();
    machine.run("merge run parts/1 --out merged").with(3).says("run/result.json");
    machine.shell("echo >> run/manifest.json").done();
    part(&machine, 1, 1).with(3).says("manifest");
    machine.run("vote case --date 2006-03-15 --out vote --quiet").done();
    machine.run("statements vote --case case --shard 1/2 --out x").with(2).says("no statements");
    assert!(!machine.path("x").exists() && !machine.path("merged").exists());
}

#[test]
fn parts_that_are_missing_doubled_foreign_or_touched_are_named() {
    let machine = machine(6, DIVIDEND);
    (1..=3).for_each(|index| drop(part(&machine, index, 3).done()));
    let merge = |parts: &str| machine.run(&format!("merge run {parts} --out merged"));
    merge("parts/1 parts/3").with(3).says("Part 2/3 is missing");
    merge("parts/1 parts/2").with(3).says("Part 3/3 is missing");
    merge("parts/1 parts/2 parts/2 parts/3").with(3).says("Part 2/3 is given twice");
    merge("parts/1 parts/2 run").with(3).says("not a part of a run's workbooks");
    machine.run("statements run --case case --shard 2/4 --out other").done();
    merge("parts/1 other parts/3").with(3).says("part 2/4, where the first is of 3");

    machine.run(&format!("{DIVIDEND} --funds 100 --out less --workbooks none --quiet")).done();
    machine.run("statements less --case case --shard 2/3 --out foreign").done();
    merge("parts/1 foreign parts/3").with(3).says("foreign").says("of another run");

    let book = machine.path("parts/2/holders/H-000003.xlsx");
    let bytes = fs::read(&book).unwrap();
    fs::write(&book, b"something else").unwrap();
    merge("parts/1 parts/2 parts/3").with(3).says("parts/2/holders/H-000003.xlsx").says("changed");
    fs::remove_file(&book).unwrap();
    merge("parts/1 parts/2 parts/3").with(1).says("H-000003.xlsx");
    fs::write(&book, bytes).unwrap();
    fs::write(machine.path("parts/2/note.txt"), "x").unwrap();
    merge("parts/1 parts/2 parts/3").with(3).says("note.txt");
    fs::remove_file(machine.path("parts/2/note.txt")).unwrap();
    assert!(!machine.path("merged").exists());
    merge("parts/1 parts/2 parts/3").done();
    merge("parts/1 parts/2 parts/3").with(2);
    assert_same(&machine.path("single"), &machine.path("merged"));
}

#[test]
fn a_part_that_was_killed_is_run_again() {
    let machine = machine(300, DIVIDEND);
    part(&machine, 1, 2).done();
    let mut killed = machine.command("statements run --case case --shard 2/2 --out parts/2 --quiet").spawn().unwrap();
    let staged = || names(&machine.path("parts")).iter().any(|name| name.ends_with(".partial"));
    while !staged() && killed.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    part(&machine, 2, 2).done();
    assert_eq!(names(&machine.path("parts")), ["1", "2"]);
    machine.run("merge run parts/1 parts/2 --out merged --quiet").done();
    assert_same(&machine.path("single"), &machine.path("merged"));
}

/// A folder with `ratable` in it, where the first attempt at part 3 is killed.
fn unlucky(machine: &Machine) -> String {
    let bin = machine.path("bin");
    fs::create_dir(&bin).unwrap();
    let script = format!(
        "#!/bin/bash\n\
         if [[ \" $* \" == *' 3/4 '* && ! -e '{home}/tried' ]]; then\n\
           touch '{home}/tried'; '{ratable}' \"$@\" & sleep 0.05; kill -9 $!; exit 1\n\
         fi\n\
         exec '{ratable}' \"$@\"\n",
        home = machine.path("").display(),
        ratable = env!("CARGO_BIN_EXE_ratable"),
    );
    fs::write(bin.join("ratable"), script).unwrap();
    fs::set_permissions(bin.join("ratable"), fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap())
}

fn template(name: &str) -> String {
    format!("{}/templates/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn gnu_parallel_writes_the_parts_and_tries_a_killed_one_again() {
    if !is_there("parallel") {
        return skipped("GNU parallel", "parallel is not installed (apt-get install parallel)");
    }
    let machine = machine(200, DIVIDEND);
    let line = format!("PATH='{}' {} run case parts 4", unlucky(&machine), template("gnu-parallel.sh"));
    machine.shell(&line).done();
    assert!(machine.path("tried").exists());
    assert_eq!(names(&machine.path("parts")), ["part-1", "part-2", "part-3", "part-4"]);
    machine.shell("$ratable merge run parts/part-* --out merged --quiet").done();
    assert_same(&machine.path("single"), &machine.path("merged"));
}

#[test]
fn the_slurm_array_s_script_writes_the_parts() {
    let machine = machine(40, DIVIDEND);
    let path = unlucky(&machine);
    let task = |index: u32| -> Came {
        let mut task = Command::new(template("slurm-array.sh"));
        task.args(["run", "case", "parts", "4"]).current_dir(machine.path("")).env("PATH", &path);
        task.env("SLURM_ARRAY_TASK_ID", index.to_string()).output().unwrap().into()
    };
    let codes: Vec<Option<i32>> = (1..=4).map(|index| task(index).code).collect();
    assert_eq!(codes, [Some(0), Some(0), Some(1), Some(0)]);
    task(3).done();
    machine.shell("$ratable merge run parts/part-* --out merged --quiet").done();
    assert_same(&machine.path("single"), &machine.path("merged"));
}

/// The scripts in a manifest: what stands below each `- |`.
fn scripts(manifest: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    let mut lines = manifest.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(indent) = line.find("- |") else { continue };
        let mut script = String::new();
        while let Some(line) = lines.next_if(|line| line.len() - line.trim_start().len() > indent) {
            script.push_str(line.trim_start());
            script.push('\n');
        }
        scripts.push(script);
    }
    scripts
}

#[test]
fn the_kubernetes_jobs_commands_write_the_parts_and_merge_them() {
    let manifest = fs::read_to_string(template("kubernetes-indexed-job.yaml")).unwrap();
    let shards = manifest.lines().find_map(|line| line.trim().strip_prefix("value: \"")).unwrap().trim_end_matches('"');
    assert!(manifest.contains(&format!("completions: {shards}\n")));
    let [statements, merge] = scripts(&manifest).try_into().unwrap();
    let machine = machine(8, DIVIDEND);
    let data = machine.path("").display().to_string();
    let pod = |script: &str, index: u32| -> Came {
        let mut pod = Command::new("/bin/sh");
        pod.args(["-ec", &script.replace("/data/", &data)]).env("PATH", unlucky_free_path());
        pod.env("JOB_COMPLETION_INDEX", index.to_string()).env("SHARDS", "3").output().unwrap().into()
    };
    (0..3).for_each(|index| drop(pod(&statements, index).done()));
    pod(&merge, 0).done();
    assert_same(&machine.path("single"), &machine.path("merged"));
}

/// The path of the program, before all others.
fn unlucky_free_path() -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_ratable")).parent().unwrap();
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap())
}
