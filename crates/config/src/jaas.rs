//! `sasl.jaas.config`: one login module and its options, in the syntax of Java's login files.
//!
//! Comments, which a login file may hold, are refused here.
//!
//! Nothing of what is read appears in a message but the names of modules and options that are
//! known, for anything else may be a password that lost its quotes.

use std::iter::Peekable;
use std::str::Chars;

use klamm_cluster::Secret;

use crate::error::Problem;

/// One login module and its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Jaas {
    pub(crate) module: Module,
    pub(crate) options: Vec<(String, Secret)>,
}

/// The login modules that we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Module {
    Plain,
    Scram,
    OAuthBearer,
}

impl Module {
    /// Its name in Java, without the package.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "PlainLoginModule",
            Self::Scram => "ScramLoginModule",
            Self::OAuthBearer => "OAuthBearerLoginModule",
        }
    }
}

const FIX: &str = "Write `org.apache.kafka.common.security.plain.PlainLoginModule required \
    username=\"…\" password=\"…\";`, or another module in its place";

fn broken(problem: &str) -> Problem {
    Problem::new(problem, FIX)
}

/// Reads the value of `sasl.jaas.config`.
pub(crate) fn parse(text: &Secret) -> Result<Jaas, Problem> {
    let text = text.reveal_text().ok_or_else(|| broken("this is no text"))?;
    let mut tokens = Tokens { chars: text.chars().peekable() };
    let module = match tokens.next()? {
        Some(Token::Word(name)) => module(&name)?,
        _ => return Err(broken("it does not begin with the name of a login module")),
    };
    match tokens.next()? {
        Some(Token::Word(flag)) if is_flag(&flag) => {}
        _ => return Err(broken("after the login module there is no `required`")),
    }
    let mut options = Vec::new();
    loop {
        match tokens.next()? {
            Some(Token::Word(name)) => options.push((name, value(&mut tokens)?)),
            Some(Token::End) => break,
            Some(_) => return Err(broken("an option has no name")),
            None => return Err(broken("there is no `;` at the end")),
        }
    }
    match tokens.next()? {
        None => Ok(Jaas { module, options }),
        Some(_) => Err(broken("something follows the `;`, and only one login module is used")),
    }
}

fn value(tokens: &mut Tokens<'_>) -> Result<Secret, Problem> {
    match (tokens.next()?, tokens.next()?) {
        (Some(Token::Equals), Some(Token::Word(value) | Token::Quoted(value))) => {
            Ok(Secret::from(value))
        }
        _ => Err(broken("an option has no `=` and a value in double quotes after it")),
    }
}

/// By the class's own name: products put it into packages of their own.
fn module(name: &str) -> Result<Module, Problem> {
    match name.rsplit('.').next().unwrap_or_default() {
        "PlainLoginModule" => Ok(Module::Plain),
        "ScramLoginModule" => Ok(Module::Scram),
        "OAuthBearerLoginModule" => Ok(Module::OAuthBearer),
        "Krb5LoginModule" => Err(Problem::new(
            "Kerberos (GSSAPI) is not offered",
            "Use PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER",
        )),
        _ => Err(Problem::new(
            "this login module is not known",
            "Use PlainLoginModule, ScramLoginModule or OAuthBearerLoginModule",
        )),
    }
}

fn is_flag(word: &str) -> bool {
    let flags = ["required", "requisite", "sufficient", "optional"];
    flags.iter().any(|flag| flag.eq_ignore_ascii_case(word))
}

enum Token {
    Word(String),
    Quoted(String),
    Equals,
    End,
}

struct Tokens<'a> {
    chars: Peekable<Chars<'a>>,
}

impl Tokens<'_> {
    fn next(&mut self) -> Result<Option<Token>, Problem> {
        self.skip_blanks();
        Ok(Some(match self.chars.next() {
            None => return Ok(None),
            Some('=') => Token::Equals,
            Some(';') => Token::End,
            Some(quote @ ('"' | '\'')) => Token::Quoted(self.quoted(quote)?),
            Some(c) if is_word(c) => Token::Word(self.word(c)),
            Some(_) => return Err(broken("a character stands outside of double quotes")),
        }))
    }

    fn skip_blanks(&mut self) {
        while self.chars.next_if(|c| c.is_whitespace()).is_some() {}
    }

    fn word(&mut self, first: char) -> String {
        let mut word = String::from(first);
        while let Some(c) = self.chars.next_if(|c| is_word(*c)) {
            word.push(c);
        }
        word
    }

    fn quoted(&mut self, quote: char) -> Result<String, Problem> {
        let mut text = String::new();
        loop {
            match self.chars.next() {
                Some(c) if c == quote => return Ok(text),
                Some('\\') => text.extend(self.escaped()),
                Some('\n' | '\r') | None => return Err(broken("a quote is not closed")),
                Some(c) => text.push(c),
            }
        }
    }

    /// What a backslash makes of the next character, as in the Java language.
    fn escaped(&mut self) -> Option<char> {
        Some(match self.chars.next()? {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            digit @ '0'..='7' => self.octal(digit),
            other => other,
        })
    }

    /// Up to three digits, of which the first of three is at most 3.
    fn octal(&mut self, first: char) -> char {
        let most = if first <= '3' { 2 } else { 1 };
        let mut number = first.to_digit(8).unwrap_or(0);
        for _ in 0..most {
            let Some(digit) = self.chars.next_if(|c| c.is_digit(8)) else { break };
            number = number << 3 | digit.to_digit(8).unwrap_or(0);
        }
        char::from_u32(number).unwrap_or('\u{fffd}')
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(options: &str) -> Vec<(String, String)> {
        let text = format!("org.example.plain.PlainLoginModule required {options};");
        let read = parse(&Secret::from(text)).unwrap();
        let shown = |(name, value): (String, Secret)| {
            (name, value.reveal_text().unwrap_or_default().to_owned())
        };
        read.options.into_iter().map(shown).collect()
    }

    #[test]
    fn values_are_read_with_quotes_and_escapes_as_in_the_java_language() {
        for (text, value) in [
            ("a=b", "b"),
            ("a = \"b c\"", "b c"),
            ("a='b \"c\"'", "b \"c\""),
            (r#"a="b\"c\\d""#, "b\"c\\d"),
            (r#"a="\t\101\0621\q""#, "\tA21q"),
            ("a=\"Endpoint=sb:/\u{2f}x/;Key=a+b=\"", "Endpoint=sb:/\u{2f}x/;Key=a+b="),
            ("a=\"$ConnectionString\"", "$ConnectionString"),
            ("\n  a=\"\"\n", ""),
        ] {
            assert_eq!(options(text), [("a".to_owned(), value.to_owned())], "{text}");
        }
        assert_eq!(options("a=1 b-c_d.e=\"2\"").len(), 2);
        assert!(options("").is_empty());
    }

    #[test]
    fn modules_are_known_by_their_own_names_in_any_package() {
        for (text, module) in [
            ("org.apache.kafka.common.security.scram.ScramLoginModule required;", Module::Scram),
            ("shaded.org.apache.kafka.PlainLoginModule Required;", Module::Plain),
            ("OAuthBearerLoginModule optional;", Module::OAuthBearer),
        ] {
            assert_eq!(parse(&Secret::from(text)).unwrap().module, module);
        }
    }
}
