import type { DiagnosticCode, DiagnosticParameters, PqlDiagnostic } from './diagnostics';
import { createDiagnostic } from './diagnostics';
import type { Span } from './source';

/** After so many nobody reads on, and a hostile text must not make us write a book. */
export const mostDiagnostics = 50;

/** Collects what one stage has to say about one text. */
export class Reporter {
  private readonly collected: PqlDiagnostic[] = [];
  private failed = false;

  constructor(private readonly text: string) {}

  get diagnostics(): readonly PqlDiagnostic[] {
    return this.collected;
  }

  /** True once an error was reported, even one that the list had no room for. */
  get hasErrors(): boolean {
    return this.failed;
  }

  /** True where further reports are dropped. */
  get isFull(): boolean {
    return this.collected.length >= mostDiagnostics;
  }

  error<Code extends DiagnosticCode>(code: Code, span: Span, parameters: DiagnosticParameters[Code]): void {
    this.failed = true;
    if (this.isFull) return;
    this.collected.push(
      createDiagnostic({ text: this.text, span: { from: span.from, to: span.to }, code, parameters }),
    );
  }

  warn<Code extends DiagnosticCode>(code: Code, span: Span, parameters: DiagnosticParameters[Code]): void {
    if (this.isFull) return;
    this.collected.push(
      createDiagnostic({
        text: this.text,
        span: { from: span.from, to: span.to },
        code,
        parameters,
        severity: 'WARNING',
      }),
    );
  }
}
