//! `eventlog.generate_typescript`, `generate_python`, `generate_json_schema`: types for programs, made of a taxonomy.

use crate::error::{Error, OrRaise};
use crate::pg::fcall::{Call, Ret};
use crate::pg::jsonb::List;
use crate::pg::reserve;
use model::generate::{self, Language, Options};
use model::taxonomy::document::Document;

/// `eventlog._generate(language, taxonomy, types, options)`.
pub fn generate(call: &Call<'_>) -> Ret {
    let language = call.string(0).and_then(|name| Language::named(&name));
    let Some(language) = language else {
        Error::argument("language must be \"typescript\", \"python\" or \"json_schema\"").raise();
    };
    let types: Option<Vec<String>> = call.text_array(2).map(|names| {
        let names: Option<Vec<String>> = names.into_iter().collect();
        names.unwrap_or_else(|| Error::argument("types must not hold nulls").raise())
    });
    let options = text_of(call, 3, "options");
    let options = reserve::with_tree(&options, || serde_json::from_slice(&options)).or_raise();
    let options = options
        .map_err(|_| Error::argument("options must be a JSON object"))
        .or_raise();
    let options = Options::read(&options, language).or_raise();
    let taxonomy = text_of(call, 1, "taxonomy");
    let document = reserve::with_tree(&taxonomy, || Document::parse(&taxonomy))
        .or_raise()
        .or_raise();
    let text = generate::generate(
        &document,
        types.as_deref(),
        options,
        language,
        &|bytes, f| Ok(reserve::with_reserve(bytes, f)?),
    );
    let text = text.or_raise();
    call.value(call.memory().text(&*text))
}

/// A document as text, which is read as a tree.
fn text_of(call: &Call<'_>, position: usize, name: &str) -> List<u8> {
    let Some(document) = call.jsonb(position) else {
        Error::argument(format!("{name} must not be null")).raise();
    };
    let damaged = || Error::argument(format!("{name} is damaged"));
    let read = document.read().map_err(|_| damaged()).or_raise();
    let mut text = List::new();
    let written = read.root().write_text(&mut text);
    written
        .map_err(|why| Error::not_read(why, damaged))
        .or_raise();
    text
}
