"""What a route calls when that is no Lambda proxy, and parameter mapping."""
