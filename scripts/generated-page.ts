/** A committed page that is made from code; a test holds it fresh. */
export interface GeneratedPage {
  readonly path: string;
  readonly render: () => string;
}
