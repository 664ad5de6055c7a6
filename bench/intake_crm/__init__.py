"""Intake and mirror: nothing acknowledged is lost, nothing is done twice, few calls are made."""
