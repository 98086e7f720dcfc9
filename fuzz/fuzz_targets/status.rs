#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ratable_fuzz::targets::status(data));
