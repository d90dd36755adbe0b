// Something else.
package token
