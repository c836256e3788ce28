//! Expressions of Rust as SQL: fields are columns; what is made of parameters and literals stays a value, and is bound.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{BinOp, Block, Expr, ExprBinary, ExprIf, ExprMacro, ExprMethodCall, Ident, Lit, Member, Stmt, Type, UnOp};

use super::place;
use super::text::{Format, Piece};
use crate::context::Context;

/// What it takes to translate the body of one method.
pub struct Translator<'t> {
    /// The entity.
    pub ty: &'t Type,
    /// The path to the library.
    pub krate: &'t TokenStream,
    /// The method's parameters.
    pub parameters: &'t [Ident],
    /// Where mistakes go.
    pub cx: &'t Context,
}

/// An expression, translated.
enum Term {
    /// It is computed by the database.
    Sql(TokenStream),
    /// It is known when the statement is built.
    Value(TokenStream),
    /// `None`
    Nothing,
}

impl Translator<'_> {
    /// The body, as an expression of SQL; none where a part of it has no translation, which was reported.
    pub fn body(&self, block: &Block, returned: &Type) -> Option<TokenStream> {
        let term = self.block(block)?;
        self.sql(term, Some(returned))
    }

    fn refuse(&self, at: impl ToTokens, problem: &str) -> Option<Term> {
        let remedy = "write the method in another `impl` block, and a function that gives its SQL beside it";
        self.cx.error(at, format!("{problem}; {remedy}"));
        None
    }

    fn block(&self, block: &Block) -> Option<Term> {
        match block.stmts.as_slice() {
            [Stmt::Expr(expr, None)] => self.expr(expr),
            [Stmt::Macro(statement)] if statement.semi_token.is_none() => {
                self.expr(&Expr::Macro(ExprMacro { attrs: Vec::new(), mac: statement.mac.clone() }))
            }
            [] => self.refuse(block, "an empty body gives no value"),
            [first, ..] => self.refuse(first, "SQL has one expression, and no statements before it"),
        }
    }

    /// As an expression of SQL. A value is bound, as one of the type where that is known.
    fn sql(&self, term: Term, ty: Option<&Type>) -> Option<TokenStream> {
        let krate = self.krate;
        Some(match (term, ty) {
            (Term::Sql(tokens), _) => tokens,
            (Term::Value(tokens), _) if tokens.to_string().starts_with('"') => quote!(#krate::sql::literal(#tokens)),
            (Term::Value(tokens), Some(ty)) => quote!(#krate::sql::literal::<#ty>(#tokens)),
            (Term::Value(tokens), None) => quote!(#krate::sql::literal(#tokens)),
            (Term::Nothing, Some(ty)) => quote!(#krate::sql::literal::<#ty>(::core::option::Option::None)),
            (Term::Nothing, None) => quote!(#krate::sql::literal(::core::option::Option::None)),
        })
    }

    /// As the other side of an operator, which takes values as they are.
    fn operand(&self, term: Term) -> TokenStream {
        match term {
            Term::Sql(tokens) | Term::Value(tokens) => tokens,
            Term::Nothing => quote!(::core::option::Option::None),
        }
    }

    fn expr(&self, expr: &Expr) -> Option<Term> {
        let krate = self.krate;
        match expr {
            Expr::Paren(inner) => self.expr(&inner.expr),
            Expr::Group(inner) => self.expr(&inner.expr),
            Expr::Reference(inner) if inner.mutability.is_none() => self.expr(&inner.expr),
            Expr::Block(inner) => self.block(&inner.block),
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(_) | Lit::Int(_) | Lit::Float(_) | Lit::Bool(_) | Lit::Char(_) => {
                    Some(Term::Value(literal.to_token_stream()))
                }
                _ => self.refuse(literal, "this literal is no value of a column"),
            },
            Expr::Field(_) => self.field(expr),
            Expr::Path(path) => self.path(path),
            Expr::Unary(unary) => {
                let place = place(unary);
                match (&unary.op, self.expr(&unary.expr)?) {
                    (UnOp::Deref(_), term) => Some(term),
                    (UnOp::Not(_), Term::Sql(sql)) => Some(Term::Sql(quote_spanned!(place=> #krate::sql::not(#sql)))),
                    (UnOp::Neg(_), Term::Sql(sql)) => Some(Term::Sql(quote_spanned!(place=> (-#sql)))),
                    (op @ (UnOp::Not(_) | UnOp::Neg(_)), Term::Value(value)) => Some(Term::Value(quote!((#op #value)))),
                    _ => self.refuse(unary, "this operator has no translation to SQL"),
                }
            }
            Expr::Binary(binary) => self.binary(binary),
            Expr::MethodCall(call) => self.method(call),
            Expr::If(choice) => self.choice(choice),
            Expr::Macro(text) if text.mac.path.is_ident("format") => self.format(text),
            Expr::Cast(cast) => {
                let (ty, place) = (&cast.ty, place(cast));
                Some(match self.expr(&cast.expr)? {
                    Term::Sql(sql) => Term::Sql(quote_spanned!(place=> #krate::sql::cast::<#ty>(#sql))),
                    Term::Value(value) => Term::Value(quote!((#value as #ty))),
                    Term::Nothing => return self.refuse(cast, "`None` has no other type"),
                })
            }
            Expr::Call(call) => match (&*call.func, call.args.len()) {
                (Expr::Path(path), 1) if path.path.is_ident("Some") => self.expr(call.args.first()?),
                (Expr::Path(path), 1) if path.path.to_token_stream().to_string() == "String :: from" => {
                    self.expr(call.args.first()?)
                }
                _ => self.refuse(call, "this call has no translation to SQL"),
            },
            other => self.refuse(other, "this has no translation to SQL"),
        }
    }

    /// `self.name`, `self.home.city`
    fn field(&self, expr: &Expr) -> Option<Term> {
        let (mut names, mut at) = (Vec::new(), expr);
        while let Expr::Field(field) = at {
            match &field.member {
                Member::Named(name) => names.push(name),
                Member::Unnamed(_) => return self.refuse(expr, "a field without a name is no column"),
            }
            at = &field.base;
        }
        if !matches!(at, Expr::Path(path) if path.path.is_ident("self")) {
            return self.refuse(expr, "only fields of `self` are columns");
        }
        names.reverse();
        let ty = self.ty;
        Some(Term::Sql(quote!(<#ty>::#(#names).*)))
    }

    fn path(&self, path: &syn::ExprPath) -> Option<Term> {
        let Some(ident) = path.path.get_ident() else { return Some(Term::Value(path.to_token_stream())) };
        if ident == "None" {
            return Some(Term::Nothing);
        }
        if self.parameters.contains(ident) {
            // it may stand in several places
            return Some(Term::Value(quote_spanned!(place(ident)=> ::core::clone::Clone::clone(&#ident))));
        }
        match ident.to_string().starts_with(char::is_uppercase) {
            true => Some(Term::Value(path.to_token_stream())),
            false => {
                self.refuse(path, &format!("`{ident}` is neither a field of `self`, nor a parameter, nor a constant"))
            }
        }
    }

    fn binary(&self, binary: &ExprBinary) -> Option<Term> {
        let (left, right) = (self.expr(&binary.left), self.expr(&binary.right));
        let (left, right) = (left?, right?);
        let (krate, op, place) = (self.krate, &binary.op, place(binary));
        if matches!(op, BinOp::Add(_)) && is_borrowed_text(&binary.right) {
            let (first, second) = (self.sql(left, None)?, self.operand(right));
            return Some(Term::Sql(quote_spanned!(place=> #krate::sql::TextOperators::concat(#first, #second))));
        }
        if let (Term::Value(left), Term::Value(right)) = (&left, &right) {
            return Some(Term::Value(quote!((#left #op #right))));
        }
        if let BinOp::And(_) | BinOp::Or(_) = op {
            let function = if matches!(op, BinOp::And(_)) { format_ident!("both") } else { format_ident!("either") };
            let (left, right) = (self.sql(left, None)?, self.sql(right, None)?);
            return Some(Term::Sql(quote_spanned!(place=> #krate::mapping::hybrid::#function(#left, #right))));
        }
        // an expression comes first: it says of which type the value is
        let (first, second, turned) = match (left, right) {
            (Term::Sql(left), right) => (left, right, false),
            (left, Term::Sql(right)) => (right, left, true),
            _ => return self.refuse(binary, "there is no field in this"),
        };
        let ordered = |straight: &str, flipped: &str| {
            let name = format_ident!("{}", if turned { flipped } else { straight });
            let second = match &second {
                Term::Sql(tokens) | Term::Value(tokens) => tokens.clone(),
                Term::Nothing => quote!(::core::option::Option::None),
            };
            quote_spanned!(place=> #krate::mapping::hybrid::ordered(#krate::sql::BinaryOp::#name, #first, #second))
        };
        Some(Term::Sql(match op {
            BinOp::Eq(_) | BinOp::Ne(_) => {
                let equal = matches!(op, BinOp::Eq(_));
                match second {
                    Term::Nothing => {
                        let function = format_ident!("{}", if equal { "is_null" } else { "is_not_null" });
                        quote_spanned!(place=> #krate::sql::Operators::#function(#first))
                    }
                    second => {
                        let function = format_ident!("{}", if equal { "equal" } else { "different" });
                        let second = self.operand(second);
                        quote_spanned!(place=> #krate::mapping::hybrid::#function(#first, #second))
                    }
                }
            }
            BinOp::Lt(_) => ordered("Lt", "Gt"),
            BinOp::Le(_) => ordered("Le", "Ge"),
            BinOp::Gt(_) => ordered("Gt", "Lt"),
            BinOp::Ge(_) => ordered("Ge", "Le"),
            BinOp::Add(_) | BinOp::Sub(_) | BinOp::Mul(_) | BinOp::Div(_) | BinOp::Rem(_) => {
                let second = self.operand(second);
                match turned {
                    false => quote_spanned!(place=> (#first #op #second)),
                    true => quote_spanned!(place=> {
                        let (value, expression) = #krate::mapping::hybrid::alike(#second, #first);
                        value #op expression
                    }),
                }
            }
            _ => return self.refuse(op, "this operator has no translation to SQL"),
        }))
    }

    /// A condition and two values.
    fn choice(&self, choice: &ExprIf) -> Option<Term> {
        let krate = self.krate;
        let condition = match &*choice.cond {
            Expr::Let(pattern) => return self.refuse(pattern, "a pattern has no translation to SQL"),
            condition => self.expr(condition)?,
        };
        let Some((_, otherwise)) = &choice.else_branch else {
            return self.refuse(choice, "without `else` there is no value");
        };
        let (then, otherwise) = (self.block(&choice.then_branch), self.expr(otherwise));
        let (condition, then, otherwise) = (self.sql(condition, None)?, then?, otherwise?);
        let place = place(choice);
        // an expression comes first: it says of which type the values are
        Some(Term::Sql(match (then, otherwise) {
            (Term::Value(then), Term::Sql(otherwise)) => quote_spanned! {place=>
                #krate::sql::case(#krate::sql::not(#condition), #otherwise).otherwise(#then)
            },
            (Term::Nothing, otherwise) => {
                let otherwise = self.sql(otherwise, None)?;
                quote_spanned!(place=> #krate::sql::case(#krate::sql::not(#condition), #otherwise).end())
            }
            (then, Term::Nothing) => {
                let then = self.sql(then, None)?;
                quote_spanned!(place=> #krate::sql::case(#condition, #then).end())
            }
            (then, otherwise) => {
                let (then, otherwise) = (self.sql(then, None)?, self.operand(otherwise));
                quote_spanned!(place=> #krate::sql::case(#condition, #then).otherwise(#otherwise))
            }
        }))
    }

    fn format(&self, text: &ExprMacro) -> Option<Term> {
        let krate = self.krate;
        let Ok(format) = text.mac.parse_body::<Format>() else {
            return self.refuse(text, "this text has no translation to SQL");
        };
        let Some(pieces) = format.pieces() else {
            return self
                .refuse(&format.text, "a text in SQL is put together from `{}` and `{name}`, one for each argument");
        };
        let mut arguments = format.arguments.iter();
        let mut whole: Option<TokenStream> = None;
        for piece in pieces {
            let term = match piece {
                Piece::Text(text) => Term::Value(quote!(#text)),
                Piece::Next => self.expr(arguments.next()?)?,
                Piece::Named(name) => self.expr(&syn::parse_quote!(#name))?,
            };
            whole = Some(match whole {
                None => self.sql(term, None)?,
                Some(before) => {
                    let next = self.operand(term);
                    quote_spanned!(place(text)=> #krate::sql::TextOperators::concat(#before, #next))
                }
            });
        }
        Some(match whole {
            Some(whole) => Term::Sql(whole),
            None => Term::Value(quote!("")),
        })
    }

    fn method(&self, call: &ExprMethodCall) -> Option<Term> {
        let (krate, ty, place) = (self.krate, self.ty, place(call));
        let name = call.method.to_string();
        if matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("self")) {
            let other = format_ident!("{}_sql", call.method, span = call.method.span());
            let arguments: Vec<Term> = call.args.iter().map(|argument| self.expr(argument)).collect::<Option<_>>()?;
            let mut values = Vec::new();
            for (term, argument) in arguments.into_iter().zip(&call.args) {
                match term {
                    Term::Value(value) => values.push(value),
                    Term::Nothing => values.push(quote!(::core::option::Option::None)),
                    Term::Sql(_) => return self.refuse(argument, "another hybrid takes values, and this is a column"),
                }
            }
            return Some(Term::Sql(quote_spanned!(place=> <#ty>::#other(#(#values),*))));
        }
        if let ("count", Expr::MethodCall(chars)) = (name.as_str(), &*call.receiver)
            && chars.method == "chars"
        {
            let Term::Sql(text) = self.expr(&chars.receiver)? else {
                return self.refuse(call, "there is no field in this");
            };
            return Some(Term::Sql(quote_spanned!(place=> #krate::sql::length(#text))));
        }
        let receiver = match self.expr(&call.receiver)? {
            Term::Sql(sql) => sql,
            Term::Value(value) => {
                let (method, arguments) = (&call.method, &call.args);
                return Some(Term::Value(quote_spanned!(place=> #value.#method(#arguments))));
            }
            Term::Nothing => return self.refuse(call, "`None` has no value to ask"),
        };
        let arguments: Vec<Term> = call.args.iter().map(|argument| self.expr(argument)).collect::<Option<_>>()?;
        let mut arguments = arguments.into_iter();
        Some(Term::Sql(match (name.as_str(), arguments.next(), arguments.next()) {
            ("clone" | "cloned" | "copied" | "as_str" | "as_deref" | "as_ref" | "to_owned" | "to_string", None, _) => {
                receiver
            }
            ("is_some", None, _) => quote_spanned!(place=> #krate::sql::Operators::is_not_null(#receiver)),
            ("is_none", None, _) => quote_spanned!(place=> #krate::sql::Operators::is_null(#receiver)),
            ("is_empty", None, _) => quote_spanned!(place=> #krate::mapping::hybrid::equal(#receiver, "")),
            ("unwrap_or_default", None, _) => quote_spanned!(place=> #krate::mapping::hybrid::or_default(#receiver)),
            ("unwrap_or", Some(other), None) => {
                let other = self.operand(other);
                quote_spanned!(place=> #krate::sql::coalesce(#receiver, #other))
            }
            ("to_lowercase", None, _) => quote_spanned!(place=> #krate::sql::lower(#receiver)),
            ("to_uppercase", None, _) => quote_spanned!(place=> #krate::sql::upper(#receiver)),
            ("abs", None, _) => quote_spanned!(place=> #krate::sql::abs(#receiver)),
            ("min", Some(other), None) => {
                let other = self.operand(other);
                quote_spanned!(place=> #krate::sql::least(#receiver, #other))
            }
            ("max", Some(other), None) => {
                let other = self.operand(other);
                quote_spanned!(place=> #krate::sql::greatest(#receiver, #other))
            }
            ("starts_with" | "ends_with" | "contains", Some(Term::Value(value)), None) => {
                let method = &call.method;
                quote_spanned!(place=> #krate::sql::TextOperators::#method(#receiver, #value))
            }
            _ => return self.refuse(&call.method, &format!("the method `{name}` has no translation to SQL")),
        }))
    }
}

/// What Rust appends to a `String`: a `&str`. Numbers are added as they are.
fn is_borrowed_text(expr: &Expr) -> bool {
    match expr {
        Expr::Reference(_) => true,
        Expr::Lit(literal) => matches!(literal.lit, Lit::Str(_)),
        Expr::MethodCall(call) => call.method == "as_str",
        _ => false,
    }
}
