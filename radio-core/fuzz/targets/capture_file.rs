#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| walkby_properties::capture_file(bytes));
