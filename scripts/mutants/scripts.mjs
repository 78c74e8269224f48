// The mutants of one script of the page, as JSON: node scripts/mutants/scripts.mjs FILE. Each is a text in place of
// the characters from start to end; line and column say where that is. wings.py draws from them.
import { readFileSync } from "node:fs";
import { parse } from "acorn";

const OTHER = {
  "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "**": ["*"],
  "<": ["<=", ">"], "<=": ["<", ">"], ">": [">=", "<"], ">=": [">", "<"], "===": ["!=="], "!==": ["==="],
  "<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"],
  "&&": ["||"], "||": ["&&"], "??": ["&&"],
  "+=": ["-="], "-=": ["+="], "||=": ["="], "??=": ["="], "++": ["--"], "--": ["++"],
};
const OTHER_METHOD = new Map(Object.entries({
  min: "max", max: "min", floor: "ceil", some: "every", every: "some", add: "delete", find: "findLast",
}));

const source = readFileSync(process.argv[2], "utf-8");
const found = [];
/** A mutant: `text` instead of what stands there. */
function mutate({ start, end }, text) {
  if (source.slice(start, end) === text) return;
  const before = source.slice(0, start);
  found.push({ start, end, text, line: before.split("\n").length, column: start - before.lastIndexOf("\n") - 1 });
}
const textOf = ({ start, end }) => source.slice(start, end);

/** Another operator between two operands, wherever it stands there. */
function swap(operator, left, right) {
  const start = source.indexOf(operator, left.end);
  if (start < 0 || start >= right.start) return;
  for (const other of OTHER[operator] ?? []) mutate({ start, end: start + operator.length }, other);
}
const negate = (test) => { if (test) mutate(test, `!(${textOf(test)})`); };

const change = {
  BinaryExpression: ({ operator, left, right }) => swap(operator, left, right),
  LogicalExpression: ({ operator, left, right }) => swap(operator, left, right),
  AssignmentExpression: ({ operator, left, right }) => swap(operator, left, right),
  IfStatement: ({ test }) => negate(test),
  ConditionalExpression: ({ test }) => negate(test),
  UpdateExpression: (node) => mutate(node, textOf(node).replace(node.operator, OTHER[node.operator][0])),
  UnaryExpression: (node) => { if ("!-".includes(node.operator)) mutate(node, textOf(node.argument)); },
  Literal: (node) => {
    if (typeof node.value === "number") mutate(node, String(node.value + 1));
    else if (typeof node.value === "boolean") mutate(node, String(!node.value));
    else if (typeof node.value === "string" && node.value) mutate(node, '""');
  },
  ExpressionStatement: (node) => {
    const { type } = node.expression;
    if (type !== "AssignmentExpression" && !whole(node)) mutate(node, ";");
  },
  ReturnStatement: ({ argument }) => { if (argument) mutate(argument, "undefined"); },
  BreakStatement: (node) => mutate(node, "continue;"),
  ContinueStatement: (node) => mutate(node, "break;"),
  CallExpression: ({ callee }) => {
    const other = OTHER_METHOD.get(callee.property?.name);
    if (other) mutate(callee.property, other);
  },
  MemberExpression: ({ object, property, optional }) => {
    const between = { start: object.end, end: property.start };
    if (optional) mutate(between, textOf(between).replace("?.", textOf(between).includes("[") ? "" : "."));
  },
};
/** Whether a statement is the whole script: the function that keeps its names to itself. */
const whole = (node) => node.end - node.start > 0.8 * source.length;

/** Every node of the tree, in order. */
function visit(node) {
  if (!node || typeof node.type !== "string") return;
  if (node.directive) return;
  change[node.type]?.(node);
  for (const [name, child] of Object.entries(node)) {
    if (name === "key" && !node.computed) continue; // a name, not a value
    for (const one of Array.isArray(child) ? child : [child]) if (one && typeof one === "object") visit(one);
  }
}
visit(parse(source, { ecmaVersion: 2024, sourceType: "script" }));
process.stdout.write(JSON.stringify(found));
