// The server's contract as the widget reads it. Fields that it does not show are left out.

export interface Reference {
  readonly id: string;
  readonly title: string;
  readonly publisher: string;
  readonly issued: string | null;
  readonly url: string | null;
  readonly perspective: string;
}

export interface Citation {
  readonly number: number;
  readonly document_id: string;
  readonly title: string;
  readonly publisher: string;
  readonly issued: string | null;
  readonly perspective: string;
  readonly section: string;
  readonly page: number | null;
  readonly url: string | null;
  readonly cited_text: string;
  readonly source_start: number;
  readonly source_end: number;
  readonly verdict: string;
  readonly references: readonly Reference[];
}

export interface Statement {
  readonly text: string;
  readonly numbers: readonly number[];
}

export interface Version extends Statement {
  readonly who: string;
}

export interface Dispute {
  readonly claim: string;
  readonly versions: readonly Version[];
}

export interface Point {
  readonly period: string;
  readonly value: number;
  readonly unit: string;
  readonly basis: string;
  readonly note: string;
}

export interface Series {
  readonly title: string;
  readonly description: string;
  readonly points: readonly Point[];
  readonly sources: readonly Reference[];
}

export interface Answer {
  readonly question: string;
  readonly query: string;
  readonly answer: string;
  readonly abstained: boolean;
  readonly notice: string | null;
  readonly lead: string | null;
  readonly statements: readonly Statement[];
  readonly citations: readonly Citation[];
  readonly source_mix: Readonly<Record<string, number>>;
  readonly disputed: readonly Dispute[];
  readonly series: Series | null;
  readonly as_of: string | null;
  readonly corpus_revision: string;
  readonly suggestions: readonly string[];
}

/** What the server says of itself before the first question. */
export interface About {
  readonly as_of: string | null;
  readonly starters: readonly string[];
  /** Languages of the questions that it understands; empty if any may be tried. */
  readonly question_languages: readonly string[];
  readonly max_question_characters: number;
}

export interface Message {
  readonly role: "user" | "assistant";
  readonly content: string;
}

export type ServerEvent =
  | { readonly kind: "meta"; readonly data: { readonly query: string } }
  | { readonly kind: "delta"; readonly data: { readonly text: string } }
  | { readonly kind: "citation"; readonly data: Citation }
  | { readonly kind: "answer"; readonly data: Answer }
  | { readonly kind: "error"; readonly data: { readonly code?: string; readonly message: string; readonly retry_after?: number } };
