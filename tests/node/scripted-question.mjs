// In place of js/element/fix-question.ts: a question as an object that a test answers.

export const questionText = (plan) => `${plan}?`;
export const showQuestion = (plan, _labels, answer) => ({ plan, answer });
