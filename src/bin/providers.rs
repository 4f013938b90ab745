//! Prints the providers and their limits as JSON, from which the build generates the package's `providers()`. So the
//! core does not contain data that few pages need. The shape is `Provider` in `js/api/provider-types.ts`.

use mediaferry::json::{list, object, string};
use mediaferry::media::Format;
use mediaferry::options::OptionSpec;
use mediaferry::providers::{PROVIDERS, Provider};
use mediaferry::rules::Limits;

fn main() {
    println!("{}", of_all(PROVIDERS, |provider| self::provider(*provider)));
}

fn provider(provider: &dyn Provider) -> String {
    let profile = provider.profile();
    let per_request = profile.rules.per_request;
    some(&[
        ("id", Some(string(profile.id))),
        ("name", Some(string(profile.name))),
        ("home", Some(string(profile.home))),
        ("acceptsUrls", Some(profile.accepts_urls.to_string())),
        ("maxPageSize", number(provider.assets_api().map(|library| library.max_page_size))),
        ("lifetime", number(profile.lifetime.map(|lifetime| lifetime.as_secs()))),
        ("maxAssets", number(profile.max_assets)),
        ("maxImages", number(per_request.map(|most| most.images))),
        ("maxVideos", number(per_request.map(|most| most.videos))),
        ("maxAudio", number(per_request.map(|most| most.audio))),
        ("notes", Some(of_all(profile.notes, |note| string(note)))),
        ("options", Some(of_all(profile.settings, setting))),
        ("accept", Some(string(&accept(profile.rules.accepts)))),
        ("accepts", Some(of_all(profile.rules.accepts, limits))),
    ])
}

/// The value of `<input accept>`: MIME types, and extensions for browsers that know a type by another name.
fn accept(limits: &[Limits]) -> String {
    let formats = || limits.iter().flat_map(|limits| limits.formats);
    let mimes = formats().map(|format| format.mime().to_owned());
    mimes.chain(formats().map(|format| format!(".{}", format.extension()))).collect::<Vec<_>>().join(",")
}

fn setting(setting: &OptionSpec) -> String {
    some(&[
        ("name", Some(string(setting.name))),
        ("required", Some(setting.required.to_string())),
        ("values", Some(of_all(setting.values, |value| string(value)))),
    ])
}

fn limits(limits: &Limits) -> String {
    let words = |word: fn(Format) -> &'static str| Some(of_all(limits.formats, |format| string(word(*format))));
    some(&[
        ("formats", words(Format::name)),
        ("mimes", words(Format::mime)),
        ("extensions", words(Format::extension)),
        ("maxBytes", number(limits.max_bytes)),
        ("recommendedMaxBytes", number(limits.recommended_max_bytes)),
        ("minWidth", number(limits.min_size.map(|size| size.width))),
        ("minHeight", number(limits.min_size.map(|size| size.height))),
        ("maxAspectRatio", number(limits.max_aspect_ratio)),
        ("minDuration", number(limits.duration_seconds.map(|(min, _)| min))),
        ("maxDuration", number(limits.duration_seconds.map(|(_, max)| max))),
    ])
}

/// An object of the fields that have a value.
fn some(fields: &[(&str, Option<String>)]) -> String {
    let fields: Vec<_> = fields.iter().filter_map(|(name, value)| Some((*name, value.clone()?))).collect();
    object(&fields)
}

fn of_all<T>(items: &[T], json: impl Fn(&T) -> String) -> String {
    list(&items.iter().map(json).collect::<Vec<_>>())
}

fn number(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| value.to_string())
}
