// Package smtpsend is a fixture.
package smtpsend

import (
	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)
