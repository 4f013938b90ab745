//! wasm-bindgen with the options of mediaferry: `mediaferry-bindgen MODULE FOLDER NAME` writes the glue and its types.
//!
//! The program of `wasm-bindgen-cli` does the same, but also contains a server for tests and a parser of arguments, which take
//! longer to compile than all the rest.

use std::error::Error;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder, name] = arguments.as_slice() else {
        return Err("usage: mediaferry-bindgen MODULE FOLDER NAME".into());
    };
    Bindgen::new()
        .web(true)?
        .input_path(module)
        .out_name(name)
        .typescript(true)
        .omit_default_module_path(true)
        .reset_state_function(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)?;
    Ok(())
}
