//! `format!("{} {}", self.first, self.last)`: a text as pieces, which SQL joins.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, LitStr, Token};

/// The arguments of `format!`.
pub struct Format {
    /// The text with holes.
    pub text: LitStr,
    /// What goes into `{}`, in order.
    pub arguments: Vec<Expr>,
}

/// A piece of such a text.
pub enum Piece {
    /// as it is
    Text(String),
    /// the next argument
    Next,
    /// `{name}`
    Named(Ident),
}

impl Parse for Format {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated(input)?;
        Ok(Format { text, arguments: arguments.into_iter().collect() })
    }
}

impl Format {
    /// The pieces; none where there is a hole of another kind than `{}` and `{name}`.
    pub fn pieces(&self) -> Option<Vec<Piece>> {
        let (mut pieces, mut plain) = (Vec::new(), String::new());
        let text = self.text.value();
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '{' | '}' if letters.peek() == Some(&letter) => {
                    letters.next();
                    plain.push(letter);
                }
                '{' => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    let mut inside = String::new();
                    loop {
                        match letters.next()? {
                            '}' => break,
                            other => inside.push(other),
                        }
                    }
                    pieces.push(match inside.as_str() {
                        "" => Piece::Next,
                        name => {
                            let mut name: Ident = syn::parse_str(name).ok()?;
                            name.set_span(self.text.span());
                            Piece::Named(name)
                        }
                    });
                }
                '}' => return None,
                other => plain.push(other),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        let holes = pieces.iter().filter(|piece| matches!(piece, Piece::Next)).count();
        (holes == self.arguments.len()).then_some(pieces)
    }
}
