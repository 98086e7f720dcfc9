//! The page in a real browser: headless Chromium, by chromedriver. Where there is none, each says that it was skipped;
//! `.ci/run` installs both.

#![cfg(feature = "serve")]

use crate::support::browser::Browser;
use crate::support::command::run_in;
use crate::support::page::Server;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A browser, or the reason why a test is passed over; one that is missing where everything must be tested is a failure.
fn browser(width: u32, dark: bool) -> Option<Browser> {
    let browser = Browser::start(width, dark);
    if browser.is_none() {
        assert!(std::env::var_os("RATABLE_CI").is_none(), "chromedriver is missing");
        eprintln!("SKIPPED: chromedriver is not installed (Debian: chromium-driver)");
    }
    browser
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data").join(name)
}

/// Opens the page, and a sample.
fn at_sample(server: &Server, browser: &Browser, name: &str) {
    browser.go(&server.address);
    browser.click(&format!("[data-sample={name}]"));
    browser.wait("document.querySelector('#run')");
}

/// Fills in a field of the run.
fn fill(browser: &Browser, field: &str, value: &str) {
    browser.script(&format!("document.querySelector('#{field}').value = {}", json!(value)));
}

fn run(browser: &Browser) {
    browser.script("document.querySelector('#preview').innerHTML = ''");
    browser.click("#run button.main");
    browser.wait("document.querySelector('#preview h2')");
}

#[test]
fn from_the_sample_to_the_zip() {
    let Some(browser) = browser(1280, false) else { return };
    let server = Server::start();
    let saved = tempfile::tempdir().unwrap();
    at_sample(&server, &browser, "capstone");
    browser.save_into(saved.path());
    fill(&browser, "date", "2006-06-15");
    run(&browser);
    assert!(browser.text("#preview").contains("690,514.07"));
    browser.click("[data-take]");
    browser.wait("document.querySelector('#file')");
    let zip = saved.path().join("capstone-dividend-2006-06-15.zip");
    let until = Instant::now() + Duration::from_secs(180);
    while !zip.exists() {
        assert!(Instant::now() < until, "waited for {}", zip.display());
        std::thread::sleep(Duration::from_millis(100));
    }
    let case = sample("capstone.xlsx");
    let ran = run_in(saved.path(), &["dividend", case.to_str().unwrap(), "--date", "2006-06-15"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let mut archive = zip::ZipArchive::new(fs::File::open(zip).unwrap()).unwrap();
    assert!(archive.len() > 300);
    for ix in 0..archive.len() {
        let mut entry = archive.by_index(ix).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        assert!(bytes == fs::read(saved.path().join(&name)).unwrap(), "{name} differs");
    }
}

/// Files of a drop that takes half a second, and a second later those of another.
const TWO_DROPS: &str = "
    const asked = window.fetch;
    window.fetch = async (address, how) => {
        if (how?.method === 'PUT') await new Promise((end) => setTimeout(end, how.body.size > 100 ? 1000 : 500));
        return asked(address, how);
    };
    const drop = (files) => {
        const all = new DataTransfer();
        for (const [name, text] of files) all.items.add(new File([text], name));
        const input = document.querySelector('#files');
        input.files = all.files;
        input.dispatchEvent(new Event('change'));
    };
    const lots = 'holder_id,holder_name,class,shares\\nH1,Ada,common,';
    drop([['register.csv', lots + '1\\n'], ['terms.csv', 'term,value\\ncompany,First Inc.\\n']]);
    setTimeout(() => drop([['register.csv', lots + '2\\n' + '\\n'.repeat(100)]]), 200);";

#[test]
fn files_of_one_drop_do_not_come_into_the_next() {
    let Some(browser) = browser(1280, false) else { return };
    let server = Server::start();
    browser.go(&server.address);
    browser.script(TWO_DROPS);
    browser.wait("document.querySelector('#run')");
    let page = browser.text("body");
    assert!(page.contains("Ready") && !page.contains("First Inc."), "{page}");
}

/// A connection that breaks off while work goes on.
const BREAKS_OFF: &str = "
    window.EventSource = class { constructor() { setTimeout(() => this.onerror()); } close() {} };
    const asked = window.fetch;
    window.fetch = async (address, options) => {
        const answer = await asked(address, options);
        return address.endsWith('/take') ? Response.json({ stage: 'working', seconds: 0 }) : answer;
    };";

#[test]
fn work_of_which_nothing_is_told_any_more_is_asked_for() {
    let Some(browser) = browser(1280, false) else { return };
    let server = Server::start();
    at_sample(&server, &browser, "small");
    fill(&browser, "date", "2006-06-15");
    run(&browser);
    browser.script(BREAKS_OFF);
    browser.click("[data-take]");
    browser.wait("document.querySelector('#file')");
    assert_eq!(browser.text("#wrong"), "");
}

#[test]
fn a_messy_file_is_corrected_in_three_drops() {
    let Some(browser) = browser(1280, false) else { return };
    let server = Server::start();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("register.csv");
    browser.go(&server.address);
    let rows = |shares: &str, class: &str| {
        format!(
            "holder_id,holder_name,class,shares,issue_date\nA,Ann,{class},{shares},2006-01-20\nB,Ben,common,5000,\n"
        )
    };
    let drop_it = |text: String| {
        fs::write(&file, text).unwrap();
        let before = browser.script("return location.pathname");
        browser.keys("#files", file.to_str().unwrap());
        browser.wait(&format!("location.pathname !== {before} && document.querySelector('.verdict')"));
    };
    drop_it(rows("ten", "series-q"));
    assert!(browser.text(".verdict").contains("Not ready: 2 problems"), "{}", browser.text("main"));
    browser.wait("document.querySelector('.grid .mark button[aria-current]')");
    let first = browser.text("#sheet .now");
    browser.click("#next");
    browser.wait(&format!("document.querySelector('#sheet .now').innerText !== {}", json!(first)));
    drop_it(rows("10", "series-q"));
    assert!(browser.text(".verdict").contains("Not ready: 1 problem"));
    drop_it(rows("10", "series-a"));
    assert!(browser.text(".verdict").contains("Ready"));
}

#[test]
fn funds_that_are_too_small_are_acknowledged() {
    let Some(browser) = browser(1280, false) else { return };
    let server = Server::start();
    at_sample(&server, &browser, "capstone");
    fill(&browser, "date", "2006-06-15");
    fill(&browser, "funds", "1000");
    run(&browser);
    assert!(browser.text("#preview").contains("4(a)(i)"), "{}", browser.text("#preview"));
    browser.click("#go-on");
    browser.wait("document.querySelector('#preview .tiles')");
    assert!(browser.text("#preview").contains("Unpaid"));
    assert_eq!(browser.script("return document.querySelector('#acknowledge').checked"), json!(true));
}

#[test]
fn the_curve_answers_to_the_pointer_and_to_keys() {
    let Some(browser) = browser(1280, false) else { return };
    let server = Server::start();
    at_sample(&server, &browser, "venture");
    assert_eq!(browser.script("return document.querySelector('#run').elements.command.value"), json!("liquidate"));
    fill(&browser, "date", "2026-06-30");
    fill(&browser, "proceeds", "20000000");
    run(&browser);
    // As sample-data/venture/README.md works it out by hand.
    assert!(browser.text("#gets").contains("5,933,928.57"), "{}", browser.text("#gets"));
    assert_eq!(browser.text("#sum-said"), "20,000,000.00");
    browser.script("document.querySelector('#curve svg').scrollIntoView({block: 'center'})");
    let place = "const at = document.querySelector('#curve svg').getBoundingClientRect(); return [at.x, at.y, at.width, at.height]";
    let place = browser.script(place);
    let number = |ix: usize| place[ix].as_f64().unwrap();
    browser.point(number(0) + number(2) - 30.0, number(1) + number(3) / 2.0);
    browser.wait("document.querySelector('#sum-said').innerText !== '20,000,000.00'");
    let (sum, gets) = (browser.text("#sum-said"), browser.text("#gets"));
    browser.script("document.querySelector('#sum').focus()");
    browser.press('\u{E012}');
    assert!(browser.text("#sum-said") != sum && browser.text("#gets") != gets);
    assert_eq!(
        browser.script("return document.querySelector('#sum').getAttribute('aria-valuetext')"),
        json!(browser.text("#sum-said"))
    );
}

#[test]
fn a_holder_is_found_and_its_derivation_read() {
    let Some(browser) = browser(1280, false) else { return };
    let server = Server::start();
    at_sample(&server, &browser, "capstone");
    fill(&browser, "date", "2006-06-15");
    run(&browser);
    browser.wait("document.querySelector('#holders table')");
    let id = browser.text("#holders tbody [data-holder]");
    browser.keys("#q", &id);
    browser.wait("document.querySelector('#holders .count').innerText === '1 holder'");
    browser.click("#holders [data-holder]");
    browser.wait("document.querySelector('#holder').open");
    assert!(browser.text("#holder").contains("Total:"), "{}", browser.text("#holder"));
    browser.press('\u{E00C}');
    browser.wait("!document.querySelector('#holder').open");
}

#[test]
fn another_reading_is_a_switch() {
    let Some(browser) = browser(1280, false) else { return };
    let server = Server::start();
    at_sample(&server, &browser, "capstone");
    fill(&browser, "date", "2006-06-15");
    run(&browser);
    let before = browser.text("#preview .tiles");
    let switch = "[name='reading.split_timing'][value='at-payment']";
    browser.click(switch);
    browser.wait(&format!("document.querySelector('#preview .tiles').innerText !== {}", json!(before)));
    assert_eq!(browser.script(&format!("return document.querySelector({}).checked", json!(switch))), json!(true));
}

#[test]
fn two_tabs_have_a_case_each_and_one_that_closes_takes_its_own_along() {
    let Some(browser) = browser(1280, false) else { return };
    let server = Server::start();
    at_sample(&server, &browser, "capstone");
    let here = || crate::support::page::folders(&server.folders()[0]).len();
    let first = browser.another_window();
    at_sample(&server, &browser, "venture");
    assert_eq!(here(), 2);
    browser.go("about:blank");
    let until = Instant::now() + Duration::from_secs(30);
    while here() > 1 {
        assert!(Instant::now() < until, "waited for the second case to go");
        std::thread::sleep(Duration::from_millis(200));
    }
    browser.look_at(first);
    fill(&browser, "date", "2006-06-15");
    run(&browser);
    assert!(browser.text("#preview").contains("690,514.07"));
}

#[test]
fn two_windows_of_one_case_take_nothing_of_each_other() {
    let Some(browser) = browser(1280, false) else { return };
    let server = Server::start();
    at_sample(&server, &browser, "small");
    fill(&browser, "date", "2006-06-15");
    run(&browser);
    let case = browser.script("return location.href").as_str().unwrap().to_owned();
    let first = browser.another_window();
    browser.go(&case);
    browser.click("#run [value=captable]");
    run(&browser);
    assert!(browser.text("#preview h2").contains("cap table"), "{}", browser.text("#preview h2"));
    browser.look_at(first);
    for button in ["[data-take]", "#holders [data-holder]", "#holders [data-sort=name]"] {
        browser.script("wrong('')");
        browser.click(button);
        browser.wait("document.querySelector('#wrong').innerText.includes('Make this one again')");
    }
    run(&browser);
    browser.click("#holders [data-holder]");
    browser.wait("document.querySelector('#holder').open");
}

#[test]
fn what_cannot_be_dropped_is_said_and_a_wrong_cell_comes_into_sight() {
    let Some(browser) = browser(390, false) else { return };
    let server = Server::start();
    let place = tempfile::tempdir().unwrap();
    browser.go(&server.address);
    let large = place.path().join("large.csv");
    fs::File::create(&large).unwrap().set_len(300 << 20).unwrap();
    browser.keys("#files", large.to_str().unwrap());
    browser.wait("document.querySelector('#wrong').innerText.includes('at most 256 MB')");
    browser.script("drop([], '')");
    browser.wait("document.querySelector('#wrong').innerText.includes('There is no file in this')");
    let wide = place.path().join("register.csv");
    let far = "holder_id,holder_name,class,email,address,issue_date,shares\n\
               A,A holder whose name is long,series-a,somebody@example.org,1 A Street that is long,2006-01-20,ten\n";
    fs::write(&wide, far).unwrap();
    browser.keys("#files", wide.to_str().unwrap());
    browser.wait("document.querySelector('.grid [aria-current]')");
    browser.wait(
        "(() => { const at = document.querySelector('.grid [aria-current]').getBoundingClientRect(); \
         return at.left >= 0 && at.right <= 390 })()",
    );
}

/// What axe-core finds wrong that weighs, with where.
fn findings(browser: &Browser, axe: &str) -> Vec<String> {
    browser.script(axe);
    let found = browser.awaited("axe.run(document, {resultTypes: ['violations']})");
    let list = found["violations"].as_array().unwrap_or_else(|| panic!("axe did not run: {found}")).clone();
    let weighs = list.iter().filter(|one| ["serious", "critical"].contains(&one["impact"].as_str().unwrap_or("")));
    weighs.map(|one| format!("{}: {} {}", one["id"], one["help"], one["nodes"][0]["html"])).collect()
}

#[test]
fn the_page_is_accessible_and_fits_at_both_widths_and_by_night() {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe/node_modules/axe-core/axe.min.js");
    let Ok(axe) = fs::read_to_string(&axe) else {
        assert!(std::env::var_os("RATABLE_CI").is_none(), "{} is missing", axe.display());
        eprintln!("SKIPPED: no axe-core (npm install --no-save --prefix target/axe axe-core)");
        return;
    };
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("register.csv");
    fs::write(&file, "holder_id,holder_name,class,shares,issue_date\nA,Ann,series-a,ten,2006-01-20\n").unwrap();
    for (width, dark) in [(1280, false), (390, false), (1280, true), (390, true)] {
        let Some(browser) = browser(width, dark) else { return };
        let server = Server::start();
        let look = |what: &str| {
            let found = findings(&browser, &axe);
            assert!(found.is_empty(), "{what} at {width}, dark {dark}:\n{}", found.join("\n"));
            let wide = browser.script("return document.documentElement.scrollWidth");
            assert!(wide.as_u64().unwrap() <= u64::from(width), "{what} is {wide} wide at {width}");
        };
        browser.go(&server.address);
        look("the first page");
        browser.keys("#files", file.to_str().unwrap());
        browser.wait("document.querySelector('.grid .mark')");
        look("a case with a problem");
        at_sample(&server, &browser, "capstone");
        fill(&browser, "date", "2006-06-15");
        run(&browser);
        browser.wait("document.querySelector('#holders table')");
        look("a dividend");
        browser.click("#holders [data-holder]");
        browser.wait("document.querySelector('#holder').open");
        look("a derivation");
        at_sample(&server, &browser, "venture");
        fill(&browser, "date", "2026-06-30");
        fill(&browser, "proceeds", "20000000");
        run(&browser);
        look("an exit");
    }
}

/// The README's picture of the page, drawn again: `docs/pictures/make.sh`.
#[test]
#[ignore = "it writes docs/pictures/page.png"]
fn the_picture_of_the_readme() {
    let browser = browser(1280, false).expect("chromedriver");
    let server = Server::start();
    at_sample(&server, &browser, "small");
    fill(&browser, "date", "2006-06-15");
    run(&browser);
    browser.script("document.activeElement.blur(); document.querySelector('#preview').scrollIntoView()");
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures/page.png");
    fs::write(picture, browser.picture()).unwrap();
}
