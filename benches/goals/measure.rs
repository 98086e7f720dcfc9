//! Running, timing, and the table that is printed.

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a run took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    /// Wall time.
    pub seconds: f64,
    /// The most memory that was in use at once; 0 where it is not known.
    pub peak_bytes: f64,
}

/// Times a function of this process.
pub fn timed<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<Taken> {
    let start = Instant::now();
    work()?;
    Ok(Taken { seconds: start.elapsed().as_secs_f64(), peak_bytes: 0.0 })
}

/// Two sides of a ratio.
pub struct Pair {
    /// The median of the ratios of each pair of runs.
    pub ratio: f64,
    /// What the first side took, each figure the median.
    pub first: Taken,
}

/// Runs two things in turn.
pub fn in_turn(
    runs: usize,
    first: impl Fn() -> io::Result<Taken>,
    second: impl Fn() -> io::Result<Taken>,
) -> io::Result<Pair> {
    let (mut ratios, mut seconds, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        let (a, b) = (first()?, second()?);
        ratios.push(a.seconds / b.seconds);
        seconds.push(a.seconds);
        peaks.push(a.peak_bytes);
        println!("    {:8.3} s   against {:8.3} s", a.seconds, b.seconds);
    }
    let first = Taken { seconds: median(&mut seconds), peak_bytes: median(&mut peaks) };
    Ok(Pair { ratio: median(&mut ratios), first })
}

/// The middle one.
pub fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The mean size of the files in a folder.
pub fn mean_size(folder: &Path) -> io::Result<usize> {
    let mut sizes = Vec::new();
    for entry in fs::read_dir(folder)? {
        sizes.push(usize::try_from(entry?.metadata()?.len()).unwrap_or(0));
    }
    Ok(sizes.iter().sum::<usize>() / sizes.len().max(1))
}

/// The program that is measured.
pub struct Ratable {
    binary: PathBuf,
}

impl Ratable {
    /// The program at a path.
    pub fn new(binary: &str) -> Self {
        Self { binary: PathBuf::from(binary) }
    }

    /// The dividend of 15 June 2006.
    pub fn dividend(&self, case: &Path, out: &Path, more: &[&str]) -> io::Result<Taken> {
        self.case("dividend", case, out, more)
    }

    /// A liquidation on 15 June 2006.
    pub fn liquidate(&self, case: &Path, out: &Path, more: &[&str]) -> io::Result<Taken> {
        let more: Vec<&str> =
            ["--proceeds", "900000000000", "--workbooks", "none"].into_iter().chain(more.iter().copied()).collect();
        self.case("liquidate", case, out, &more)
    }

    /// A vote on 15 June 2006.
    pub fn vote(&self, case: &Path, out: &Path) -> io::Result<Taken> {
        self.case("vote", case, out, &[])
    }

    /// The bank's file of a finished run.
    pub fn pay(&self, run: &Path, case: &Path, out: &Path) -> io::Result<Taken> {
        let [run, case, out] = [run, case, out].map(Path::to_string_lossy);
        self.run(&["pay", &run, "--case", &case, "--as", "pain.001", "--out", &out, "--force", "--quiet"])
    }

    fn case(&self, command: &str, case: &Path, out: &Path, more: &[&str]) -> io::Result<Taken> {
        // What an earlier run left is taken away before the clock runs.
        if out.exists() {
            fs::remove_dir_all(out)?;
        }
        let (case, out) = (case.to_string_lossy(), out.to_string_lossy());
        let fixed = [command, case.as_ref(), "--date", "2006-06-15", "--out", out.as_ref(), "--quiet"];
        self.run(&fixed.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> io::Result<Taken> {
        let start = Instant::now();
        let mut child = Command::new(&self.binary).args(arguments).stdout(Stdio::null()).spawn()?;
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0.0;
        loop {
            if let Some(exit) = child.try_wait()? {
                let seconds = start.elapsed().as_secs_f64();
                if !exit.success() {
                    return Err(io::Error::other(format!("{arguments:?} ended with {exit}")));
                }
                return Ok(Taken { seconds, peak_bytes: peak });
            }
            peak = resident_peak(&status).unwrap_or(peak);
            std::thread::sleep(Duration::from_micros(if start.elapsed().as_millis() < 20 { 200 } else { 3_000 }));
        }
    }
}

/// The kernel's own mark of the most memory a process had (Linux).
fn resident_peak(status: &str) -> Option<f64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024.0)
}

/// The table that is printed, line by line.
pub struct Table {
    quick: bool,
    missed: Cell<u32>,
    wrong: Cell<u32>,
}

impl Table {
    /// Its heading.
    pub fn new(quick: bool) -> Self {
        println!("{:<84} {:>9} {:>8}", "what", "figure", "goal");
        Self { quick, missed: Cell::new(0), wrong: Cell::new(0) }
    }

    /// A figure that should not be above its goal.
    pub fn at_most(&self, name: &str, figure: f64, goal: f64) {
        let verdict = match () {
            () if self.quick => "",
            () if goal.is_infinite() => "for comparison",
            () if figure <= goal => "met",
            () => {
                self.missed.set(self.missed.get() + 1);
                "NOT MET"
            }
        };
        let goal = if goal.is_infinite() { String::new() } else { format!("<= {goal}") };
        println!("{name:<84} {figure:>9.2} {goal:>8} {verdict}");
    }

    /// Holds the outputs of one job and of two against each other.
    pub fn same_folders(&self, name: &str, ratable: &Ratable, case: &Path, place: &Path) -> io::Result<()> {
        let (one, two) = (place.join("one-job"), place.join("two-jobs"));
        ratable.dividend(case, &one, &["--workbooks", "none", "--jobs", "1"])?;
        ratable.dividend(case, &two, &["--workbooks", "none", "--jobs", "2"])?;
        let mut same = fs::read_dir(&one)?.count() == fs::read_dir(&two)?.count();
        for entry in fs::read_dir(&one)? {
            let file = entry?.file_name();
            same &= fs::read(one.join(&file))? == fs::read(two.join(&file))?;
        }
        fs::remove_dir_all(&one)?;
        fs::remove_dir_all(&two)?;
        if !same {
            self.wrong.set(self.wrong.get() + 1);
        }
        println!("{name:<84} {:>9} {:>8}", if same { "yes" } else { "NO" }, "yes");
        Ok(())
    }

    /// Says how many goals were missed; fails where an output was wrong.
    pub fn end(&self) -> io::Result<()> {
        if !self.quick {
            println!("{} goals not met", self.missed.get());
        }
        if self.wrong.get() > 0 { Err(io::Error::other("outputs differ")) } else { Ok(()) }
    }
}
