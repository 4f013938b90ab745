//! One suite for every registered provider. What its page says is in `fixtures/<id>/`: the documented answers as they
//! stand there, and `upload.json` with the documented requests, flow by flow, and what is to be read out of the answers.
//! `fixtures/staging/` says the same of our own bucket, and `fixtures/example_provider/` of a provider made up in one file.

#[path = "../common/example_provider.rs"]
mod example_provider;
#[path = "../common/files.rs"]
mod files;

mod answers;
mod page;
mod profiles;
mod reading;
mod refusals;
mod requests;
mod settings;

use page::Page;

/// Runs for every page, our own staging's among them, and says for which one it failed.
fn for_all(check: impl Fn(&Page)) {
    each(&Page::all(), check);
}

/// Runs for every provider.
fn for_all_providers(check: impl Fn(&Page)) {
    each(&Page::of_providers(), check);
}

fn each(pages: &[Page], check: impl Fn(&Page)) {
    assert!(pages.len() >= 2);
    for page in pages {
        println!("page: {} of {}", page.told["page"], page.provider.profile().id);
        check(page);
    }
}
