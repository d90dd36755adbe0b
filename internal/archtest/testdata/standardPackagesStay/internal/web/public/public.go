// Package public is a fixture.
package public

import (
	"net/http"
	"net/http/httputil"
)
