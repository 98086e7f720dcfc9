//! A headless browser, driven through `fantoccini`.

use fantoccini::actions::{InputSource, KeyAction, KeyActions, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use url::{ParseError, Url};

pub struct Browser {
    driver: Child,
    runtime: Runtime,
    client: Client,
}

/// A command of Chrome's own protocol, beside WebDriver's.
#[derive(Debug)]
struct DevTools(&'static str, Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.expect("a session")))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({"cmd": self.0, "params": self.1}).to_string()))
    }
}

impl Browser {
    /// Starts one of that width; none where there is no chromedriver.
    pub fn start(width: u32, dark: bool) -> Option<Self> {
        let mut driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn().ok()?;
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines().map(Result::unwrap);
        let started = lines.find(|line| line.contains("started successfully on port")).expect("chromedriver starts");
        std::thread::spawn(move || lines.for_each(drop));
        let address = format!("http://127.0.0.1:{}", started.rsplit(' ').next().unwrap().trim_end_matches('.'));
        let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"];
        let wanted = json!({"browserName": "chrome", "goog:chromeOptions": {"args": arguments}});
        let runtime = Runtime::new().unwrap();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(wanted.as_object().unwrap().clone());
        let client = runtime.block_on(builder.connect(&address)).expect("a session");
        let browser = Self { driver, runtime, client };
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500});
        browser.devtools("Emulation.setDeviceMetricsOverride", size);
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.devtools("Emulation.setEmulatedMedia", features);
        Some(browser)
    }

    fn wait_for<T>(&self, answer: impl Future<Output = Result<T, CmdError>>) -> T {
        self.runtime.block_on(answer).expect("the browser does it")
    }

    fn devtools(&self, command: &'static str, with: Value) {
        self.wait_for(self.client.issue_cmd(DevTools(command, with)));
    }

    pub fn go(&self, address: &str) {
        self.wait_for(self.client.goto(address));
    }

    /// What a script returns.
    pub fn script(&self, script: &str) -> Value {
        self.wait_for(self.client.execute(script, Vec::new()))
    }

    /// What a script returns of a promise.
    pub fn awaited(&self, promise: &str) -> Value {
        let script = format!("const end = arguments[0]; ({promise}).then(end, (error) => end(String(error)));");
        self.wait_for(self.client.execute_async(&script, Vec::new()))
    }

    /// Waits until an expression holds.
    pub fn wait(&self, expression: &str) {
        let until = Instant::now() + Duration::from_secs(180);
        while self.script(&format!("return !!({expression})")) != json!(true) {
            // What is said of work and of failures stands at the end.
            let shown = || self.script("return document.body.innerText.slice(-2000)");
            assert!(Instant::now() < until, "waited for {expression}: {}", shown());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The text of the page, or of what a selector finds.
    pub fn text(&self, selector: &str) -> String {
        let found = self.script(&format!("return document.querySelector({})?.innerText", json!(selector)));
        found.as_str().unwrap_or_default().to_owned()
    }

    fn element(&self, selector: &str) -> Element {
        self.wait_for(self.client.find(Locator::Css(selector)))
    }

    /// Clicks as a person does: what covers it would be clicked instead.
    pub fn click(&self, selector: &str) {
        let centre = format!("document.querySelector({}).scrollIntoView({{block: 'center'}})", json!(selector));
        self.script(&centre);
        self.wait_for(self.element(selector).click());
    }

    /// Types, or picks a file by its path.
    pub fn keys(&self, selector: &str, text: &str) {
        self.wait_for(self.element(selector).send_keys(text));
    }

    /// Types where the focus is.
    pub fn press(&self, key: char) {
        let keys = KeyActions::new("keys".to_owned());
        let keys = keys.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        self.wait_for(self.client.perform_actions(keys));
    }

    /// Moves the pointer to a point of the window.
    pub fn point(&self, x: f64, y: f64) {
        let pointer = MouseActions::new("mouse".to_owned());
        self.wait_for(self.client.perform_actions(pointer.then(PointerAction::MoveTo { duration: None, x, y })));
    }

    /// What the window shows, as a PNG.
    pub fn picture(&self) -> Vec<u8> {
        self.wait_for(self.client.screenshot())
    }

    /// From here on files that are saved come into that folder.
    pub fn save_into(&self, folder: &Path) {
        self.devtools("Browser.setDownloadBehavior", json!({"behavior": "allow", "downloadPath": folder}));
    }

    /// A second window, which is looked at from now on; gives the first one's name.
    pub fn another_window(&self) -> WindowHandle {
        let first = self.wait_for(self.client.window());
        let new = self.wait_for(self.client.new_window(true));
        self.look_at(new.handle);
        first
    }

    pub fn look_at(&self, window: WindowHandle) {
        self.wait_for(self.client.switch_to_window(window));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.runtime.block_on(self.client.clone().close()));
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}
