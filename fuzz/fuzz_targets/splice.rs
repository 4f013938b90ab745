#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| mediaferry_fuzz::run("splice", input));
