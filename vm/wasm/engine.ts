/** The part of JavaScript's WebAssembly interface that compiled programs need; the language's own library has no types for it. */

export type WasmModule = { readonly isModule: true };

type Engine = {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

export const ENGINE = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
