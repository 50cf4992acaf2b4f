/* What the browser knows about the visitor's actions: it tells a click from a message that merely claims one. */

/**
 * Whether a click that a creative reports can be the visitor's: there has just been an action, inside `frame` if that is ours. A link
 * that opens a window uses up the browser's memory of the click; then only the focus shows it.
 */
export const isVisitors = (frame, isOurs) => {
  const { userActivation } = navigator;
  if (!userActivation) return true;
  const { isActive, hasBeenActive } = userActivation;
  const focused = !!frame && frame.getRootNode().activeElement == frame;
  return (hasBeenActive && focused) || (isActive && (!isOurs || (!!frame && frame.matches(':hover'))));
};
