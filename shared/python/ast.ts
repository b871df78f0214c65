/** What of Python's syntax tree is needed to learn parameters; the rest is checked and forgotten. */

export interface Span {
  /** Offsets into the source, in UTF-16 units. */
  at: number;
  end: number;
}

export type Expr = Span &
  (
    | { kind: 'name'; id: string }
    | { kind: 'attribute'; value: Expr; name: string }
    | { kind: 'subscript'; value: Expr; items: Expr[] }
    | { kind: 'call'; callee: Expr; args: Expr[]; keywords: { name: string; value: Expr }[] }
    | { kind: 'string'; value: string }
    | { kind: 'number'; text: string }
    | { kind: 'constant'; value: true | false | null }
    | { kind: 'list' | 'tuple' | 'set'; items: Expr[] }
    | { kind: 'dict'; entries: { key: Expr; value: Expr }[] }
    | { kind: 'unary' | 'star'; op: string; value: Expr }
    | { kind: 'binary'; op: string; left: Expr; right: Expr }
    /** Anything else: a comparison, a lambda, an f-string. */
    | { kind: 'other' }
  );

export type ParamKind = 'position' | 'either' | 'args' | 'keyword' | 'kwargs';

export interface Param extends Span {
  name: string;
  kind: ParamKind;
  annotation?: Expr;
  default?: Expr;
}

export interface TypeParam {
  name: string;
  bound?: Expr;
}

export interface FunctionDef extends Span {
  kind: 'function';
  name: string;
  /** Of its name. */
  nameAt: number;
  params: Param[];
  typeParams: TypeParam[];
  body: Stmt[];
}

export interface ClassDef extends Span {
  kind: 'class';
  name: string;
  bases: Expr[];
  body: Stmt[];
}

export type Stmt =
  | FunctionDef
  | ClassDef
  | (Span & { kind: 'import'; names: { module: string; as?: string }[] })
  | (Span & { kind: 'from'; module: string; names: { name: string; as: string }[] })
  | (Span & { kind: 'assign'; targets: Expr[]; annotation?: Expr; value?: Expr })
  | (Span & { kind: 'alias'; name: string; typeParams: TypeParam[]; value: Expr })
  | (Span & { kind: 'expression'; value: Expr })
  /** What has blocks, of which some are run: if, try, with, for, while, match. */
  | (Span & { kind: 'block'; bodies: Stmt[][] })
  | (Span & { kind: 'other' });

/** Where Python itself would refuse the source, or no command line can call the function. */
export class PythonError extends Error {
  readonly at: number;
  readonly end: number;
  /** What to do. */
  readonly hint: string | undefined;
  constructor(message: string, at: number, end: number = at + 1, hint?: string) {
    super(message);
    this.name = 'PythonError';
    this.at = at;
    this.end = Math.max(end, at + 1);
    this.hint = hint;
  }
}
