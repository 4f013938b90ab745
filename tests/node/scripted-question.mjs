// In place of js/element/fix-question.ts: a question as an object that a test answers.

export const questionText = ({ text }) => `${text}?`;
export const showQuestion = (plan, name, _labels, answer) => ({ plan, name, answer });
