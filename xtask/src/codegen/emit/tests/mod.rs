//! What the printer makes of small specs: the lines that matter, and one whole file.

mod defaults;
mod golden;
mod json;
mod tables;
mod text;
