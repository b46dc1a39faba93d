//! The words of findings, made when they are first asked for.
//!
//! A walk that collects findings makes no words: who only counts findings, or asks where they are,
//! does not pay for them. The first question for the words of any finding of a report walks the
//! request once more and makes them all. Both walks are the same code over the same text, so the
//! findings come in the same order.

use std::sync::{Arc, OnceLock};

use crate::Checker;
use crate::report::Texts;

/// Requests longer than this (in bytes) get their words at once: the text would have to be kept.
pub(crate) const LONGEST_KEPT: usize = 64 * 1024;

/// The words of all findings of one request.
#[derive(Debug)]
pub(crate) struct Deferred<'c> {
    /// What the words are made from; `None` where they were made at once.
    request: Option<(&'c Checker, Box<str>)>,
    made: OnceLock<Box<[Texts<'c>]>>,
}

impl<'c> Deferred<'c> {
    /// Words that will be made from a request.
    pub(crate) fn of_request(checker: &'c Checker, text: &str) -> Arc<Self> {
        Arc::new(Self {
            request: Some((checker, text.into())),
            made: OnceLock::new(),
        })
    }

    /// Words that are there.
    pub(crate) fn made(texts: Box<[Texts<'c>]>) -> Arc<Self> {
        Arc::new(Self {
            request: None,
            made: OnceLock::from(texts),
        })
    }
}

/// One finding among those of its request.
#[derive(Debug, Clone)]
pub(crate) struct DeferredTexts<'c> {
    deferred: Arc<Deferred<'c>>,
    index: usize,
}

impl<'c> DeferredTexts<'c> {
    pub(crate) const fn new(deferred: Arc<Deferred<'c>>, index: usize) -> Self {
        Self { deferred, index }
    }

    /// The only finding of its request.
    pub(crate) fn given(texts: Texts<'c>) -> Self {
        Self::new(Deferred::made(Box::new([texts])), 0)
    }

    pub(crate) fn texts(&self) -> &Texts<'c> {
        let make = || {
            self.deferred
                .request
                .as_ref()
                .map(|(checker, text)| crate::run::texts(checker, text))
                .unwrap_or_default()
        };
        &self.deferred.made.get_or_init(make)[self.index]
    }
}
