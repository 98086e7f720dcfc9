//! Puts the mutants into a file, each behind a switch.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::fmt;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, BinOp, Block, Expr, ExprBinary, ImplItemFn, ItemConst, ItemFn, ItemStatic, Lit, ReturnType, Signature,
    Stmt, Type, UnOp,
};

/// The module that the switched sources ask.
pub const SWITCH: &str = "//! Which mutant is on.
use std::sync::LazyLock;
static ON: LazyLock<usize> = LazyLock::new(|| std::env::var(\"RATABLE_MUTANT\").ok().and_then(|n| n.parse().ok()).unwrap_or(usize::MAX));
#[must_use]
pub fn on(number: usize) -> bool {
    *ON == number
}
";

/// One way to break the program.
pub struct Mutant {
    /// Its number, from 0 in the order of files and places.
    pub number: usize,
    /// The file.
    pub file: String,
    /// The line that it changes.
    pub line: usize,
    /// The function that it is in.
    pub function: String,
    /// What becomes of what.
    pub change: String,
}

impl Mutant {
    /// What it is, without numbers that change with other lines of the file.
    pub fn name(&self) -> String {
        format!("{} {}: {}", self.file, self.function, self.change)
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:4} {}:{} {}: {}", self.number, self.file, self.line, self.function, self.change)
    }
}

/// The source with its switches; what they do is added to `mutants`.
pub fn put(file: &str, source: &str, mutants: &mut Vec<Mutant>) -> syn::Result<String> {
    let mut parsed = syn::parse_file(source)?;
    Switches { file, functions: Vec::new(), mutants }.visit_file_mut(&mut parsed);
    // Switches make conditions and blocks that clippy would not like; only the compiler reads them.
    Ok(prettyplease::unparse(&parsed))
}

struct Switches<'a> {
    file: &'a str,
    functions: Vec<String>,
    mutants: &'a mut Vec<Mutant>,
}

/// Code on one line, shortened.
fn shown(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > 80 { format!("{}…", text.chars().take(80).collect::<String>()) } else { text }
        .replace('`', "'")
}

/// Whether a chain of `&&` has a `let` in it, which no switch may part.
fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(ExprBinary { left, op: BinOp::And(_), right, .. }) => has_let(left) || has_let(right),
        _ => false,
    }
}

/// What a function of this type may return instead of what it computes.
fn instead(output: &ReturnType) -> Vec<TokenStream> {
    let ReturnType::Type(_, of) = output else { return vec![quote!(())] };
    let Type::Path(path) = &**of else { return Vec::new() };
    let Some(last) = path.path.segments.last() else { return Vec::new() };
    let inner = last.arguments.to_token_stream().to_string().replace(' ', "");
    match last.ident.to_string().as_str() {
        "bool" => vec![quote!(true), quote!(false)],
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i32" | "i64" | "i128" | "Units" => {
            vec![quote!(0), quote!(1)]
        }
        "Ratio" => vec![quote!(crate::quantity::whole(0)), quote!(crate::quantity::whole(1))],
        "Option" => vec![quote!(None)],
        "Vec" | "BTreeMap" => vec![quote!(Default::default())],
        "Result" if inner.starts_with("<()") => vec![quote!(Ok(()))],
        _ => Vec::new(),
    }
}

impl Switches<'_> {
    fn add(&mut self, line: usize, change: String) -> usize {
        let function = self.functions.last().cloned().unwrap_or_default();
        let number = self.mutants.len();
        self.mutants.push(Mutant { number, file: self.file.to_owned(), line, function, change });
        number
    }

    fn function(&mut self, signature: &Signature, block: &mut Block) {
        if signature.constness.is_some() {
            return;
        }
        self.functions.push(signature.ident.to_string());
        let line = signature.ident.span().start().line;
        let mut early: Vec<Stmt> = Vec::new();
        for value in instead(&signature.output) {
            let number = self.add(line, format!("returns {}", shown(&value).replace("crate :: quantity :: ", "")));
            early.push(syn::parse_quote!(if crate::mutant::on(#number) { return #value; }));
        }
        visit_mut::visit_block_mut(self, block);
        block.stmts.splice(0..0, early);
        self.functions.pop();
    }

    fn binary(&mut self, binary: &ExprBinary, before: &str, line: usize) -> Option<Expr> {
        let ExprBinary { left, op, right, .. } = binary;
        let changed = |s: &mut Self, to: &str| s.add(line, format!("`{before}` with {to}").replace('`', "'"));
        let comparison = |numbers: Vec<(usize, TokenStream)>| -> Expr {
            let (numbers, others): (Vec<usize>, Vec<TokenStream>) = numbers.into_iter().unzip();
            syn::parse_quote!(match (&(#left), &(#right)) {
                (__l, __r) => #(if crate::mutant::on(#numbers) { __l #others __r } else)* { __l #op __r }
            })
        };
        let all = |s: &mut Self, to: &[&str]| -> Vec<(usize, TokenStream)> {
            to.iter().map(|t| (changed(s, t), t.parse().unwrap_or_default())).collect()
        };
        Some(match op {
            BinOp::Lt(_) => comparison(all(self, &["<=", ">="])),
            BinOp::Le(_) => comparison(all(self, &["<", ">"])),
            BinOp::Gt(_) => comparison(all(self, &[">=", "<="])),
            BinOp::Ge(_) => comparison(all(self, &[">", "<"])),
            BinOp::Eq(_) => comparison(all(self, &["!="])),
            BinOp::Ne(_) => comparison(all(self, &["=="])),
            BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) => {
                let other = match op {
                    BinOp::Add(_) => "-",
                    BinOp::Sub(_) => "+",
                    BinOp::Mul(_) => "/",
                    _ => "*",
                };
                let number = changed(self, other);
                let other: TokenStream = other.parse().unwrap_or_default();
                syn::parse_quote!(match (#left, #right) {
                    (__l, __r) => if crate::mutant::on(#number) { __l #other __r } else { __l #op __r }
                })
            }
            // One of the two is never asked: which of them, the switch says.
            BinOp::And(_) if !has_let(left) && !has_let(right) => {
                let number = changed(self, "||");
                syn::parse_quote!(match #left { __l => if __l == crate::mutant::on(#number) { __l } else { #right } })
            }
            BinOp::Or(_) => {
                let number = changed(self, "&&");
                syn::parse_quote!(match #left { __l => if __l != crate::mutant::on(#number) { __l } else { #right } })
            }
            BinOp::AddAssign(_) | BinOp::SubAssign(_) => {
                let other: TokenStream = if matches!(op, BinOp::AddAssign(_)) { quote!(-=) } else { quote!(+=) };
                let number = changed(self, &other.to_string());
                syn::parse_quote!(if crate::mutant::on(#number) { #left #other #right } else { #left #op #right })
            }
            _ => return None,
        })
    }
}

impl VisitMut for Switches<'_> {
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
    fn visit_item_const_mut(&mut self, _: &mut ItemConst) {}
    fn visit_item_static_mut(&mut self, _: &mut ItemStatic) {}
    fn visit_impl_item_const_mut(&mut self, _: &mut syn::ImplItemConst) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_pat_mut(&mut self, _: &mut syn::Pat) {}
    fn visit_item_enum_mut(&mut self, _: &mut syn::ItemEnum) {}

    fn visit_item_fn_mut(&mut self, item: &mut ItemFn) {
        self.function(&item.sig.clone(), &mut item.block);
    }

    fn visit_impl_item_fn_mut(&mut self, item: &mut ImplItemFn) {
        self.function(&item.sig.clone(), &mut item.block);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let before = shown(expr);
        let line = syn::spanned::Spanned::span(expr).start().line;
        match expr {
            // The length of an array is a constant.
            Expr::Repeat(repeat) => return self.visit_expr_mut(&mut repeat.expr),
            Expr::Lit(literal) => {
                if let Lit::Int(number) = &literal.lit {
                    let Ok(value) = number.base10_parse::<u64>() else { return };
                    let more: TokenStream = format!("{}{}", value + 1, number.suffix()).parse().unwrap_or_default();
                    let (is, at) = (number.clone(), self.add(line, format!("{value} is {}", value + 1)));
                    *expr = syn::parse_quote!((if crate::mutant::on(#at) { #more } else { #is }));
                }
                return;
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
        let new: Option<Expr> = match expr {
            Expr::Binary(binary) => self.binary(&binary.clone(), &before, line),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                let (inner, number) = (&unary.expr, self.add(line, format!("'{before}' without !")));
                Some(syn::parse_quote!((crate::mutant::on(#number) != !(#inner))))
            }
            _ => None,
        };
        if let Some(new) = new {
            *expr = syn::parse_quote!((#new));
        }
    }
}
