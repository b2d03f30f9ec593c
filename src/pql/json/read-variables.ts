import type { VariableDeclaration } from '../ast';
import { child, has, nodeTypeOf } from './place';
import type { Place, Reader } from './reader';
import { nowhere } from './reader';
import type { Scope } from './scope';
import { withVariables } from './scope';

/** The variables of select and the like, each with the scope that it leaves. */
export function readDeclarations(
  place: Place,
  scope: Scope,
  reader: Reader,
): { readonly variables: readonly VariableDeclaration[]; readonly inner: Scope } {
  let inner = scope;
  const declarations = reader.readRow(place, 'variables');
  if (declarations.length === 0 && Array.isArray(place.value)) reader.fault(place, 'There is no variable.');
  const variables = declarations.map((declaration): VariableDeclaration => {
    if (nodeTypeOf(declaration) !== 'varDecl') reader.fault(declaration, 'A variable is a varDecl.');
    const variable = reader.readIdentifier(child(declaration, 'varName'), 'A varName');
    const from = has(declaration, 'from') ? 'from' : has(declaration, 'range') ? 'range' : 'from';
    const source = reader.readNode(child(declaration, from), inner);
    inner = withVariables(inner, [variable.name]);
    const where = has(declaration, 'where') ? reader.readNode(child(declaration, 'where'), inner) : null;
    return { span: nowhere, variable, source, where };
  });
  return { variables, inner };
}
