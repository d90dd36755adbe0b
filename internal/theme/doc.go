// Package theme reads theme.yaml, the file in which an operator says what color
// everything has, which logo stands over it and what the footer says. Emails and the
// readers' pages share it. Every color is a pair, for light and for dark screens, and
// a theme whose text would be hard to read on what it stands on is refused.
package theme
