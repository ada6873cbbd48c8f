//! What the printer makes of small specs: the lines that matter, and one whole file.

mod golden;
mod tables;
mod text;
