//! A headless browser, driven by the W3C WebDriver protocol, which is JSON over HTTP.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    /// Starts one of that width; none where there is no chromedriver.
    pub fn start(width: u32, dark: bool) -> Option<Self> {
        let mut driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn().ok()?;
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines().map(Result::unwrap);
        let started = lines.find(|line| line.contains("started successfully on port")).expect("chromedriver starts");
        std::thread::spawn(move || lines.for_each(drop));
        let port = started.rsplit(' ').next().unwrap().trim_end_matches('.').parse().unwrap();
        let mut browser = Self { driver, port, session: String::new() };
        let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"];
        let options = json!({"args": arguments});
        let wanted = json!({"browserName": "chrome", "goog:chromeOptions": options});
        let session = browser.call("POST", "/session", &json!({"capabilities": {"alwaysMatch": wanted}}));
        browser.session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500});
        browser.devtools("Emulation.setDeviceMetricsOverride", &size);
        let scheme = if dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.devtools("Emulation.setEmulatedMedia", &features);
        Some(browser)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if method == "GET" { String::new() } else { body.to_string() };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        // The driver keeps the connection open: the body is as long as it says.
        let mut answered = BufReader::new(stream);
        let (mut length, mut line) = (0, String::new());
        while answered.read_line(&mut line).unwrap() > 2 {
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut json = vec![0; length];
        answered.read_exact(&mut json).unwrap();
        let text = String::from_utf8(json).unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert!(
            answer["value"]["error"].is_null(),
            "{path}: {} {}",
            answer["value"]["error"],
            answer["value"]["message"]
        );
        answer["value"].clone()
    }

    fn devtools(&self, command: &str, with: &Value) -> Value {
        self.call("POST", &format!("{}/goog/cdp/execute", self.session), &json!({"cmd": command, "params": with}))
    }

    pub fn go(&self, address: &str) {
        self.call("POST", &format!("{}/url", self.session), &json!({"url": address}));
    }

    /// What a script returns.
    pub fn script(&self, script: &str) -> Value {
        self.call("POST", &format!("{}/execute/sync", self.session), &json!({"script": script, "args": []}))
    }

    /// What a script returns of a promise.
    pub fn awaited(&self, promise: &str) -> Value {
        let script = format!("const end = arguments[0]; ({promise}).then(end, (error) => end(String(error)));");
        self.call("POST", &format!("{}/execute/async", self.session), &json!({"script": script, "args": []}))
    }

    /// Waits until an expression holds.
    pub fn wait(&self, expression: &str) {
        let until = Instant::now() + Duration::from_secs(60);
        while self.script(&format!("return !!({expression})")) != json!(true) {
            let shown = || self.script("return document.body.innerText.slice(0, 2000)");
            assert!(Instant::now() < until, "waited for {expression}: {}", shown());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The text of the page, or of what a selector finds.
    pub fn text(&self, selector: &str) -> String {
        let found = self.script(&format!("return document.querySelector({})?.innerText", json!(selector)));
        found.as_str().unwrap_or_default().to_owned()
    }

    fn element(&self, selector: &str) -> String {
        let wanted = json!({"using": "css selector", "value": selector});
        let found = self.call("POST", &format!("{}/element", self.session), &wanted);
        let id = found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
        format!("{}/element/{id}", self.session)
    }

    /// Clicks as a person does: what covers it would be clicked instead.
    pub fn click(&self, selector: &str) {
        let centre = format!("document.querySelector({}).scrollIntoView({{block: 'center'}})", json!(selector));
        self.script(&centre);
        self.call("POST", &format!("{}/click", self.element(selector)), &json!({}));
    }

    /// Types, or picks a file by its path.
    pub fn keys(&self, selector: &str, text: &str) {
        self.call("POST", &format!("{}/value", self.element(selector)), &json!({"text": text}));
    }

    /// Types where the focus is.
    pub fn press(&self, key: &str) {
        let action = |kind: &str| json!({"type": kind, "value": key});
        let keys = json!({"type": "key", "id": "keys", "actions": [action("keyDown"), action("keyUp")]});
        self.call("POST", &format!("{}/actions", self.session), &json!({"actions": [keys]}));
    }

    /// Moves the pointer to a point of the window.
    pub fn point(&self, x: i64, y: i64) {
        let to = json!({"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport"});
        let pointer =
            json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [to]});
        self.call("POST", &format!("{}/actions", self.session), &json!({"actions": [pointer]}));
    }

    /// What the window shows, as a PNG.
    pub fn picture(&self) -> Vec<u8> {
        let shown = self.call("GET", &format!("{}/screenshot", self.session), &Value::Null);
        from_base64(shown.as_str().unwrap())
    }

    /// From here on files that are saved come into that folder.
    pub fn save_into(&self, folder: &std::path::Path) {
        self.devtools("Browser.setDownloadBehavior", &json!({"behavior": "allow", "downloadPath": folder}));
    }

    /// A second window, which is looked at from now on; gives the first one's name.
    pub fn another_window(&self) -> String {
        let first = self.call("GET", &format!("{}/window", self.session), &Value::Null);
        let new = self.call("POST", &format!("{}/window/new", self.session), &json!({"type": "tab"}));
        self.look_at(new["handle"].as_str().unwrap());
        first.as_str().unwrap().to_owned()
    }

    pub fn look_at(&self, window: &str) {
        self.call("POST", &format!("{}/window", self.session), &json!({"handle": window}));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.call("DELETE", &self.session.clone(), &json!({}));
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// The bytes of a text in base64 (RFC 4648).
fn from_base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let values: Vec<usize> = text.bytes().filter_map(|b| LETTERS.iter().position(|letter| *letter == b)).collect();
    let four = |four: &[usize]| -> Vec<u8> {
        let bits = four.iter().chain([0, 0, 0].iter()).take(4).fold(0, |bits, value| bits << 6 | value);
        (bits as u32).to_be_bytes()[1..four.len()].to_vec()
    };
    values.chunks(4).flat_map(four).collect()
}
