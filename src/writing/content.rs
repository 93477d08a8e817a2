//! What an event says, as a hash: a repeated idempotency key must come with the same content.
//!
//! Hashes are stored beside the keys, so what they are made of stays as it is.

use super::draft::Draft;
use crate::error::Error;
use crate::pg::datum::{Jsonb, Str};
use crate::pg::jsonb::{Unread, canonical};
use sha2::{Digest, Sha256};

impl Draft<'_> {
    /// Hash of the content as it was given, with numeric scale ignored: what a repeated
    /// idempotency key must come with. The tenant, be it named or the context's, is part of the key
    /// and not of the content.
    pub fn content_hash(&self) -> Result<[u8; 32], Error> {
        let mut content = Content {
            draft: self,
            hash: Sha256::new(),
        };
        content.text(self.event_type);
        content.document(self.payload)?;
        content.text(self.entity_type);
        content.text(self.entity_id);
        content.text(self.actor_type);
        content.text(self.actor_id);
        content.number(self.occurred_at);
        content.document(self.context)?;
        content.text(self.correlation_id);
        content.text(self.causation_id);
        content.text(self.source_type);
        content.text(self.source_id);
        content.number(self.version.map(i64::from));
        Ok(content.hash.finalize().into())
    }
}

/// What a hash of an event's content is made of, value by value.
struct Content<'d, 'm> {
    draft: &'d Draft<'m>,
    hash: Sha256,
}

impl<'m> Content<'_, 'm> {
    fn text(&mut self, text: Option<Str<'m>>) {
        let Some(text) = self.draft.read(text) else {
            return self.hash.update([0]);
        };
        self.hash.update([1]);
        self.hash.update((text.len() as u64).to_le_bytes());
        self.hash.update(text);
    }

    fn document(&mut self, document: Option<Jsonb<'m>>) -> Result<(), Error> {
        let Some(document) = document else {
            self.hash.update([0]);
            return Ok(());
        };
        self.hash.update([2]);
        let read = document.read().map_err(|_| Unread::Corrupt);
        let hash = &mut self.hash;
        read.and_then(|d| canonical::hash_into(d.root(), &mut |b| hash.update(b)))
            .map_err(|why| {
                let damaged = || Error::argument(self.draft.place("a document is damaged"));
                Error::not_read(why, damaged)
            })
    }

    fn number(&mut self, number: Option<i64>) {
        match number {
            None => self.hash.update([0]),
            Some(number) => {
                self.hash.update([3]);
                self.hash.update(number.to_le_bytes());
            }
        }
    }
}
