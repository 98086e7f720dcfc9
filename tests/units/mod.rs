//! Functions by themselves, where no case asks them as well: what is written in numbers, cells, formulas, folders.

mod folders;
mod formulas;
mod messages;
mod number_format;
mod numbers;
mod page;
mod payments;
mod register_in_pieces;
mod rules;
mod workbooks;
