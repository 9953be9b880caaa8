"""The grammar of formulas, in the notation of lark."""

from typing import Final

#: Operators bind as in spreadsheets: comparison weaker than `&`, `&` weaker than `+`. Words are known in any case.
GRAMMAR: Final = r"""
start: disjunction

?disjunction: conjunction
    | disjunction OR conjunction            -> binary
?conjunction: negation
    | conjunction AND negation              -> binary
?negation: comparison
    | NOT negation                          -> unary
?comparison: joined
    | joined COMPARISON joined              -> binary
    | joined IN set                         -> member
    | joined NOT IN set                     -> no_member
?joined: sum
    | joined JOINED sum                     -> binary
?sum: product
    | sum (PLUS | MINUS) product            -> binary
?product: signed
    | product (TIMES | DIVIDED) signed      -> binary
?signed: atom
    | MINUS signed                          -> unary
    | PLUS signed                           -> positive
?atom: NUMBER                               -> number
    | NUMBER PERCENT                        -> percent
    | STRING                                -> text
    | TRUE                                  -> true
    | FALSE                                 -> false
    | BLANK                                 -> blank
    | path
    | call
    | OPEN disjunction CLOSE                -> grouped

set: OPEN disjunction (COMMA disjunction)* CLOSE
    | path
    | call

path: (UP DOT)* segment (DOT segment)*
segment: NAME | QUOTED
call: (NAME | AND | OR | IN) OPEN [argument (COMMA argument)*] CLOSE
argument: disjunction [WHERE disjunction]

AND.2: /and(?!\w)/i
OR.2: /or(?!\w)/i
NOT.2: /not(?!\w)/i
IN.2: /in(?!\w)/i
WHERE.2: /where(?!\w)/i
TRUE.2: /true(?!\w)/i
FALSE.2: /false(?!\w)/i
BLANK.2: /blank(?!\w)/i
COMPARISON: "<>" | "<=" | ">=" | "<" | ">" | "="
JOINED: "&"
PLUS: "+"
MINUS: "-"
TIMES: "*"
DIVIDED: "/"
PERCENT: "%"
OPEN: "("
CLOSE: ")"
COMMA: ","
DOT: "."
UP: "^"
NUMBER: /[0-9]+(\.[0-9]+)?/
STRING: /"([^"]|"")*"/
NAME: /[^\W\d]\w*/
QUOTED: /\[[^\[\]]+\]/
%ignore /[ \t\r\n\u3000]+/
"""

#: Words that cannot be names unless written in brackets.
RESERVED: Final = frozenset({"and", "or", "not", "in", "where", "true", "false", "blank"})
