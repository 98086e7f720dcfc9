//! What goes wrong with the machine: the folder is there and complete, or as it was before; never anything between.
//!
//! `RATABLE_KILLS=200 cargo test --release faults::killed -- --nocapture` kills 200 times on each kind of output.

use crate::machine::{Came, Dice, Machine, assert_same, files, names, skipped};
use rustix::process::{Pid, Signal};
use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const RUN: &str = "dividend case --date 2006-03-15 --out out --quiet";

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A run that was stopped while it writes.
struct Stopped(Child);

/// Starts a run and stops it as soon as `file` is there in the folder that it writes (empty: the folder itself).
fn stopped(machine: &Machine, arguments: &str, file: &str) -> Stopped {
    let home = machine.path("");
    let before = names(&home);
    let mut command = machine.command(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let there = || {
        let staging = names(&home).into_iter().filter(|name| name.ends_with(".partial") && !before.contains(name));
        staging.map(|name| home.join(name).join(file)).any(|path| path.exists())
    };
    while !there() {
        assert!(child.try_wait().unwrap().is_none(), "the run was over before it could be stopped");
        std::thread::sleep(Duration::from_micros(100));
    }
    let stopped = Stopped(child);
    stopped.signal(Signal::STOP);
    assert!(stopped.0.stdout.is_some());
    stopped
}

impl Stopped {
    fn signal(&self, signal: Signal) {
        rustix::process::kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    /// Lets it go on, and says what came of it.
    fn came(self) -> Came {
        self.signal(Signal::CONT);
        self.0.wait_with_output().unwrap().into()
    }

    /// Kills it.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn killed_at_any_moment_the_folder_is_absent_or_complete_and_the_next_run_succeeds() {
    let kills = std::env::var("RATABLE_KILLS").map_or(4, |kills| kills.parse().unwrap());
    let seed = std::env::var("RATABLE_SEED").map_or(11, |seed| seed.parse().unwrap());
    let mut dice = Dice(seed);
    for kind in ["", "--archive"] {
        let machine = Machine::new();
        machine.case("case", 100);
        let start = Instant::now();
        machine.run(&format!("{RUN} {kind}")).done();
        let whole = u64::try_from(start.elapsed().as_micros()).unwrap() * 11 / 10;
        machine.shell("mv out single").done();
        let (mut killed, mut absent, mut complete, mut replaced) = (0, 0, 0, 0);
        for _ in 0..kills {
            // Half of the runs replace what an earlier one left, or nothing.
            let before = machine.path("out").exists();
            let mut child = machine.command(&format!("{RUN} {kind} --force")).spawn().unwrap();
            std::thread::sleep(Duration::from_micros(dice.below(whole)));
            child.kill().unwrap();
            // A run that was done before is none that was killed.
            killed += usize::from(child.wait().unwrap().signal() == Some(9));
            if machine.path("out").exists() {
                machine.run("verify out --quiet").done();
                complete += 1;
                replaced += usize::from(before);
            } else {
                assert!(!before, "the folder that was there is lost");
                absent += 1;
            }
            if dice.below(2) == 0 {
                machine.shell("rm -rf out").done();
            }
            machine.run(&format!("{RUN} {kind} --force")).done();
            assert_same(&machine.path("single"), &machine.path("out"));
            assert_eq!(machine.names(), ["case", "out", "single"], "something was left behind");
            if dice.below(2) == 0 {
                machine.shell("rm -rf out").done();
            }
        }
        println!(
            "{kills} runs {kind}: {killed} killed before they were done; {absent} absent, {complete} complete and verified \
             ({replaced} where a folder was before); {kills} next runs succeeded"
        );
    }
}

#[test]
fn a_full_disk_ends_in_a_sentence_and_leaves_nothing() {
    let machine = Machine::new();
    machine.case("case", 150);
    if !is_root() {
        return skipped("disk full", "mounting a small disk takes root");
    }
    let mount = "unshare -m sh -c 'mkdir -p disk && mount -t tmpfs -o size=256k tmpfs disk && true'";
    if machine.shell(mount).code != Some(0) {
        return skipped("disk full", "this machine lets nobody mount a small disk");
    }
    for kind in ["", "--archive", "--workbooks none --force"] {
        // A folder that was there before stays, since the new one never is complete.
        let inside = format!(
            "mount -t tmpfs -o size=256k tmpfs disk && mkdir disk/out &&
             printf '{{\\n  \"tool\": \"ratable\"}}' > disk/out/manifest.json && echo before > disk/out/file &&
             dd if=/dev/zero of=disk/filler bs=1k count=150 status=none
             $ratable dividend case --date 2006-03-15 --out disk/{} --quiet {kind}; code=$?
             ls -A disk; cat disk/out/file; exit $code",
            if kind.contains("force") { "out" } else { "new" }
        );
        fs::write(machine.path("inside.sh"), inside).unwrap();
        let came = machine.shell("unshare -m bash inside.sh").failed();
        assert_eq!(came.out, "filler\nout\nbefore\n");
        came.says("No space left on device").says("--out");
    }
}

#[test]
fn a_limit_on_the_size_of_files_ends_in_a_sentence_and_leaves_nothing() {
    let machine = Machine::new();
    machine.case("case", 400);
    for kind in ["--workbooks none", "--archive"] {
        machine.shell(&format!("ulimit -f 16; $ratable {RUN} {kind}")).failed().says("File too large");
        assert_eq!(machine.names(), ["case"]);
    }
}

#[test]
fn a_folder_that_may_not_be_written_to_ends_in_a_sentence() {
    let machine = Machine::new();
    machine.case("case", 2);
    let closed = machine.path("closed");
    fs::create_dir(&closed).unwrap();
    let mode = |mode| fs::set_permissions(&closed, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    let mut command = machine.command("dividend case --date 2006-03-15 --out closed/out --quiet");
    if is_root() {
        // Root may write anywhere: another user tries, who may not reach the program where it was built.
        let program = machine.path("program");
        fs::copy(command.get_program(), &program).unwrap();
        machine.shell("chmod a+rx . program && chmod -R a+rX case").done();
        let mut other = Command::new(program);
        other.args(command.get_args()).current_dir(command.get_current_dir().unwrap());
        other.uid(65534).gid(65534);
        command = other;
    }
    match command.output() {
        Ok(output) => drop(Came::from(output).failed().says("Permission denied").says("--out")),
        Err(error) => skipped("read-only folder", &format!("the program cannot be run as another user: {error}")),
    }
    mode(0o755);
    assert_eq!(names(&closed), [] as [&str; 0]);
    machine.run("dividend case --date 2006-03-15 --out case/terms.csv/out --quiet").failed();
    if is_root() && Path::new("/proc/self").exists() {
        machine.run("dividend case --date 2006-03-15 --out /proc/out --quiet").failed();
    }
}

#[test]
fn a_folder_removed_during_the_run_ends_in_a_sentence_and_is_not_published_in_part() {
    let machine = Machine::new();
    machine.case("case", 400);
    for (kind, file) in [("", ""), ("", "distribution.csv"), ("--archive", "holders.zip")] {
        // A run may be as good as done before it is stopped, with nothing left to look at but its rename: then again.
        let noticed = (0..50).any(|_| {
            let run = stopped(&machine, &format!("{RUN} {kind}"), file);
            let gone = format!("{{ [ -e out ] || until rm -r .out.*.partial/{file} 2>/dev/null; do :; done; }}");
            machine.shell(&gone).done();
            let came = run.came();
            if came.code == Some(0) {
                machine.shell("rm -r out").done();
                return false;
            }
            came.failed().says("somebody removed");
            true
        });
        assert!(noticed, "{kind} {file}");
        assert_eq!(machine.names(), ["case"]);
    }
}

#[test]
fn without_file_handles_a_run_ends_in_a_sentence_and_leaves_nothing() {
    let machine = Machine::new();
    machine.case("case", 10);
    let mut done = 0;
    for handles in 4..15 {
        // The last number is what the shell itself needs to start the program.
        let came = machine.shell(&format!("ulimit -n {handles}; exec $ratable {RUN}"));
        match came.code {
            Some(0) => {
                done += 1;
                machine.run("verify out --quiet").done();
                machine.shell("rm -r out").done();
            }
            Some(127) => {}
            _ => drop(came.failed().says("Too many open files").says("ulimit -n")),
        }
        assert_eq!(machine.names(), ["case"], "{handles}");
    }
    assert!(done > 0);
}

#[test]
fn an_input_that_changes_between_reading_and_publishing_stops_the_run() {
    let machine = Machine::new();
    machine.case("case", 400);
    let register = fs::read_to_string(machine.path("case/register.csv")).unwrap();
    let changes = [
        "sed -i 's/,50.5,/,51.5,/' case/register.csv",
        "echo 'H-9,X,common,1,,,,,,' >> case/register.csv",
        "rm case/declarations.csv",
        "cp case/terms.csv t && echo >> t && mv t case/terms.csv",
    ];
    for change in changes {
        let run = stopped(&machine, RUN, "");
        machine.shell(change).done();
        run.came().failed().says("was changed while the run read it");
        assert_eq!(machine.names(), ["case"], "{change}");
        machine.shell("rm -r case").done();
        machine.case("case", 400);
    }
    // Written again as it was, or touched, it is the same input.
    let run = stopped(&machine, RUN, "");
    fs::write(machine.path("case/register.csv"), register).unwrap();
    machine.shell("touch -d 2001-01-01 case/terms.csv").done();
    run.came().done();
}

#[test]
fn force_replaces_only_when_the_new_folder_is_complete() {
    let machine = Machine::new();
    machine.case("case", 400);
    machine.run(RUN).done();
    let old = files(&machine.path("out"));
    machine.run(RUN).with(2).says("--force");
    stopped(&machine, &format!("{RUN} --force --archive"), "").kill();
    assert!(files(&machine.path("out")) == old);
    machine.run(&format!("{RUN} --force --funds 1000000000000000000")).with(2);
    machine.run(&format!("{RUN} --force --explain nobody")).with(2);
    machine.shell(&format!("ulimit -f 16; $ratable {RUN} --force --archive")).failed();
    assert!(files(&machine.path("out")) == old);
    machine.run(&format!("{RUN} --force --archive")).done();
    assert!(machine.path("out/holders.zip").exists() && !machine.path("out/holders").exists());
    assert_eq!(machine.names(), ["case", "out"]);
}

#[test]
fn force_never_takes_the_case_or_the_folder_that_one_is_in() {
    let machine = Machine::new();
    machine.case("case", 1);
    for out in ["case", ".", "..", "case/../case"] {
        machine.run(&format!("dividend case --date 2006-03-15 --force --out {out}")).with(2).says("not replaced");
    }
    machine.shell("mkdir here && cd here && $ratable dividend ../case --date 2006-03-15 --force --out .").with(2);
    machine.shell("HOME=$PWD/here $ratable dividend case --date 2006-03-15 --force --out here").with(2);
    // A link is replaced, and what it leads to stays.
    machine.shell("ln -s here link && echo x > here/file").done();
    machine.run("dividend case --date 2006-03-15 --force --out link --quiet").done();
    machine.run("verify link --quiet").done();
    assert_eq!(names(&machine.path("here")), ["file"]);
}

#[test]
fn of_two_runs_to_one_folder_one_wins_and_the_other_says_so() {
    let machine = Machine::new();
    machine.case("case", 400);
    for force in ["", "--force"] {
        let run = format!("{RUN} {force}");
        let first = stopped(&machine, &run, "");
        let second = stopped(&machine, &run, "");
        // Both began before either is done; the first one ends first.
        first.came().done();
        let won = files(&machine.path("out"));
        second.came().with(2).says("written by another run meanwhile");
        assert!(files(&machine.path("out")) == won);
        assert_eq!(machine.names(), ["case", "out"]);
        machine.run("verify out --quiet").done();
    }
    // At the same moment.
    machine.shell("rm -r out").done();
    let spawn = || machine.command(RUN).stderr(Stdio::piped()).spawn().unwrap();
    let both = [spawn(), spawn()].map(|run| Came::from(run.wait_with_output().unwrap()));
    let mut codes = both.each_ref().map(|came| came.code);
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(2)]);
    machine.run("verify out --quiet").done();
}

/// Whether this process was started to ignore a signal.
fn ignored(signal: Signal) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
    u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask >> (signal.as_raw() - 1) & 1 == 1)
}

#[test]
fn ctrl_c_and_kill_leave_nothing_behind() {
    let machine = Machine::new();
    machine.case("case", 400);
    for (signal, kind) in [(Signal::INT, ""), (Signal::TERM, "--archive"), (Signal::HUP, "")] {
        // Who starts these tests in the background may have them ignore a signal, and what they start with them.
        if ignored(signal) {
            skipped("a signal", &format!("{signal:?} is ignored here"));
            continue;
        }
        // A run may be done before it could be stopped: then it is made again.
        let interrupted = (0..50).any(|_| {
            let run = stopped(&machine, &format!("{RUN} {kind}"), "distribution.csv");
            run.signal(signal);
            let came = run.came();
            if came.code == Some(0) {
                machine.shell("rm -r out").done();
                return false;
            }
            came.with(130).says("interrupted");
            true
        });
        assert!(interrupted, "{signal:?}");
        assert_eq!(machine.names(), ["case"], "{signal:?}");
    }
    // What nohup has ignored stays ignored.
    let line = format!("nohup $ratable {RUN} & until ls -A | grep -q partial; do :; done; kill -HUP $!; wait $!");
    machine.shell(&line).done();
    machine.run("verify out --quiet").done();
}

#[test]
fn folders_of_dead_runs_are_cleaned_up_by_the_next_run_of_the_same_target_and_live_ones_are_not() {
    let machine = Machine::new();
    machine.case("case", 400);
    stopped(&machine, RUN, "").kill();
    let stale = machine.names()[0].clone();
    assert!(stale.starts_with(".out.") && stale.ends_with(".partial"));
    machine.run("dividend case --date 2006-03-15 --out out2 --quiet").done();
    assert!(machine.path(&stale).exists(), "another target's folder is none of its business");
    stopped(&machine, RUN, "").kill();
    assert!(!machine.path(&stale).exists());
    let live = stopped(&machine, &format!("{RUN} --archive"), "arrears.csv");
    machine.run("dividend case --date 2006-03-15 --out out --workbooks none --quiet").done();
    live.came().with(2).says("by another run meanwhile");
    assert_eq!(machine.names(), ["case", "out", "out2"]);
}

#[test]
fn whoever_stops_reading_what_is_printed_is_no_fault_and_a_full_disk_behind_it_is() {
    let machine = Machine::new();
    machine.case("case", 3);
    for command in ["dividend case --date 2006-03-15 --out out --force", "check case", "--help", "verify out"] {
        let mut child = machine.command(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""), "{command}");
    }
    if Path::new("/dev/full").exists() {
        machine.shell("$ratable check case > /dev/full").failed().says("standard output");
    }
    machine.shell("$ratable check case --format json >&-").with(0);
}

/// Runs one test of this file in a process of its own, where it does what it must not do here.
fn alone(test: &str) -> Option<Came> {
    if std::env::var_os("RATABLE_ALONE").is_some() {
        return None;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", &format!("faults::{test}"), "--nocapture"])
        .env("RATABLE_ALONE", "1")
        .env_remove("RUST_BACKTRACE");
    Some(command.output().unwrap().into())
}

#[test]
fn a_fault_of_the_program_ends_in_a_sentence_and_leaves_nothing() {
    let Some(came) = alone("a_fault_of_the_program_ends_in_a_sentence_and_leaves_nothing") else {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("deep/out");
        let code = ratable::internals::guarded(|| {
            let folder = ratable::internals::output::Folder::start(&target).unwrap();
            folder.write("file", b"x").unwrap();
            rayon::join(|| panic!("two and two are five"), || ());
            0
        });
        assert_eq!((code, names(home.path())), (1, Vec::new()));
        std::process::exit(1);
    };
    let came = came.with(1);
    assert!(!came.err.contains("panicked"), "{}", came.err);
    came.says("ratable: a fault in ratable itself").says("two and two are five").says("Please report it");
}
