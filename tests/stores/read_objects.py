"""Prints what all objects under a prefix hold: ENDPOINT KEY_ID SECRET BUCKET PREFIX."""

import sys

import boto3
from botocore.config import Config

endpoint, key_id, secret, bucket, prefix = sys.argv[1:]
store = boto3.client(
    "s3",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id=key_id,
    aws_secret_access_key=secret,
    config=Config(s3={"addressing_style": "path"}),
)
for page in store.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
    for entry in page.get("Contents", []):
        found = store.get_object(Bucket=bucket, Key=entry["Key"])
        sys.stdout.buffer.write(found["Body"].read())
