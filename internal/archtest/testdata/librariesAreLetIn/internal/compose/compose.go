// Package compose is a fixture.
package compose

import (
	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html/atom"
)
